using KernelGen.Kernels;

namespace KernelGen.Planning;

/// <summary>
/// What the planner knows of a device: how wide it is and, roughly, how fast. Times predicted from it rank variants; they promise nothing.
/// </summary>
/// <param name="Workers">Tiles that run at once: CPU threads, or 0 where workers need no memory of their own.</param>
/// <param name="FlopsPerSecond">Peak fp32 multiply-adds, counted as two operations each.</param>
/// <param name="BytesPerSecond">Sustained memory bandwidth.</param>
/// <param name="SliceSeconds">Fixed cost of starting a slice.</param>
/// <param name="TotalMemoryBytes">The device's memory; some policies look at it.</param>
public sealed record DeviceProfile(int Workers, double FlopsPerSecond, double BytesPerSecond, double SliceSeconds, long TotalMemoryBytes)
{
    /// <summary>
    /// Peak multiply-adds of 16-bit elements with fp32 sums on tensor cores, counted as two operations each; 0 when unknown. What kernels
    /// that use them are predicted by.
    /// </summary>
    public double TensorFlopsPerSecond { get; init; }

    /// <summary>
    /// Bytes of the last cache before memory: the scores of a slice that fits in it never travel further. 0 when unknown.
    /// </summary>
    public long CacheBytes { get; init; }

    /// <summary>
    /// Multiprocessors of a GPU. Fewer tiles leave some of them idle, which is when keys are split. 0 when unknown, or where <see
    /// cref="Workers"/> say it: keys are not split then.
    /// </summary>
    public int ParallelTiles { get; init; }

    /// <summary>
    /// What a multiprocessor of a GPU holds at once, which decides how many tiles of a variant share it; null when unknown: then each is
    /// taken to run one at a time, at full speed.
    /// </summary>
    public MultiprocessorLimits? Multiprocessor { get; init; }

    /// <summary>The constants that times are predicted with.</summary>
    public KernelCosts Costs { get; init; } = KernelCosts.Default;

    /// <summary>The experimental kernels that plans may take, beside all that are not.</summary>
    public ExperimentalKernels ExperimentalKernels { get; init; }

    /// <summary>Times that were measured on the device, in place of predictions; null when there are none.</summary>
    internal KernelMeasurements? Measurements { get; init; }

    /// <summary>Facts about kernels that are loaded; null when there are none.</summary>
    internal LoadedBlocks? LoadedBlocks { get; init; }

    /// <summary>The number of threads or multiprocessors, which run tiles, one at a time or several; 0 when unknown.</summary>
    internal int TilesAtOnce => Workers > 0 ? Workers : ParallelTiles;

    /// <summary>A variant is experimental and has not been switched on: plans do not take it.</summary>
    /// <param name="variant">The variant.</param>
    public bool IsSwitchedOff(KernelVariant variant)
    {
        ArgumentNullException.ThrowIfNull(variant);
        return (variant.Experimental & ~ExperimentalKernels) != 0;
    }
}
