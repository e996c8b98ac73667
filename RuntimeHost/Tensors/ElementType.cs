namespace KernelGen.Tensors;

/// <summary>The type of the elements of queries, keys, values and output. Accumulation and softmax are in fp32 for every one of them.</summary>
public enum ElementType
{
    /// <summary>IEEE 754 binary16, 2 bytes; <see cref="Half"/> in C#, <c>f16</c> in ids.</summary>
    Float16,

    /// <summary>The upper half of a binary32, 2 bytes; <see cref="Tensors.BFloat16"/> in C#, <c>bf16</c> in ids.</summary>
    BFloat16,

    /// <summary>IEEE 754 binary32, 4 bytes; <see cref="float"/> in C#, <c>f32</c> in ids.</summary>
    Float32,
}
