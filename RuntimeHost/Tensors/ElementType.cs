#if KERNELGEN_GENERATOR
namespace KernelGen.Generator.Model;
#else
namespace KernelGen.Tensors;
#endif

/// <summary>
/// The type of the elements of queries, keys, values and output. Accumulation and softmax are in fp32 for every one of them.
/// </summary>
#if KERNELGEN_GENERATOR
internal
#else
public
#endif
enum ElementType
{
    /// <summary>IEEE 754 binary16, 2 bytes; <c>Half</c> in C#, <c>f16</c> in ids.</summary>
    Float16,

    /// <summary>The upper half of a binary32, 2 bytes; <c>BFloat16</c> in C#, <c>bf16</c> in ids.</summary>
    BFloat16,

    /// <summary>IEEE 754 binary32, 4 bytes; <c>float</c> in C#, <c>f32</c> in ids.</summary>
    Float32,
}
