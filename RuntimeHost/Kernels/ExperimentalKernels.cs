namespace KernelGen.Kernels;

/// <summary>
/// Kernels that are compiled and emulated, but that no GPU has confirmed yet: the planner takes them only where they are switched on, by
/// <c>CudaDeviceOptions.ExperimentalKernels</c>.
/// </summary>
[Flags]
public enum ExperimentalKernels
{
    /// <summary>None of them.</summary>
    None = 0,

    /// <summary>Those for compute capability 9.0, <see cref="KernelTarget.Sm90a"/>: no H100 or H200 has run them yet.</summary>
    Hopper = 1,

    /// <summary>
    /// Those of them up to head dim 256 whose blocks work in clusters of two and copy keys and values for each other (multicast); to be switched on together with
    /// <see cref="Hopper"/>. They halve what is read from the second-level cache, which pays once a GPU has shown that this is the limit.
    /// </summary>
    HopperMulticast = 2,
}
