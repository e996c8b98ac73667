#if KERNELGEN_GENERATOR
namespace KernelGen.Generator.Model;
#else
namespace KernelGen.Kernels;
#endif

/// <summary>The machine a kernel is made for.</summary>
#if KERNELGEN_GENERATOR
internal
#else
public
#endif
enum KernelTarget
{
    /// <summary>C# with <c>Vector512/256/128</c>.</summary>
    Cpu,

    /// <summary>CUDA C that runs on every GPU from compute capability 7.5, for every element type.</summary>
    Simt,

    /// <summary>
    /// CUDA C for tensor cores (<c>mma.sync</c>) and asynchronous copies: every GPU from compute capability 8.0, for the 16-bit element
    /// types.
    /// </summary>
    Sm80,

    /// <summary>
    /// CUDA C for compute capability 9.0: products of warpgroups (<c>wgmma</c>) and tensor copies (TMA). <c>materialized</c> kernels are
    /// for the 16-bit element types, <c>streaming</c> ones for Float32 up to head dim 256, too. Plans take them where <see
    /// cref="ExperimentalKernels.Hopper"/> is switched on. Tensors whose addresses or strides are not multiples of 16 bytes are left to
    /// <c>Sm80</c>.
    /// </summary>
    Sm90a,
}
