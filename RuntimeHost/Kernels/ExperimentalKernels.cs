#if KERNELGEN_GENERATOR
using System;

namespace KernelGen.Generator.Model;
#else
namespace KernelGen.Kernels;
#endif

/// <summary>
/// Kernels that are compiled and emulated, but that no GPU has confirmed yet: the planner takes them only where they are switched on, by
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

    /// <summary>Those for compute capability 9.0, <see cref="KernelTarget.Sm90a"/>: no H100 or H200 has run them yet.</summary>
    Hopper = 1,

    /// <summary>
    /// Beside <see cref="Hopper"/>, kernels whose blocks copy keys and values for each other (multicast), which helps where the L2 cache
    /// is the limit.
    /// </summary>
    HopperMulticast = 2,
}
