#if KERNELGEN_GENERATOR
namespace KernelGen.Generator.Model;
#else
namespace KernelGen.Kernels;
#endif

/// <summary>
/// Kernels that GPUs have run in few checks, or none: the planner takes them only where they are switched on, by
/// <c>CudaDeviceOptions.ExperimentalKernels</c>.
/// </summary>
[Flags]
#if KERNELGEN_GENERATOR
internal
#else
public
#endif
enum ExperimentalKernels
{
    /// <summary>None of them.</summary>
    None = 0,

    /// <summary>Those for compute capability 9.0, <see cref="KernelTarget.Sm90a"/>: an H100 has run them in one check.</summary>
    Hopper = 1,

    /// <summary>
    /// Beside <see cref="Hopper"/>, kernels whose blocks copy keys and values for each other (multicast), which helps where the L2 cache
    /// is the limit.
    /// </summary>
    HopperMulticast = 2,
}
