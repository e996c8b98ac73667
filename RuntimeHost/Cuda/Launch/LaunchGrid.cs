using KernelGen.Kernels;

namespace KernelGen.Cuda.Launch;

/// <summary>The blocks of a launch.</summary>
/// <param name="Width">Along x.</param>
/// <param name="Height">Along y.</param>
internal readonly record struct LaunchGrid(uint Width, uint Height)
{
    /// <summary>The grid of a stage for a slice.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="limits">The device.</param>
    /// <param name="heads">Heads of the slice.</param>
    /// <param name="rows">Query rows of the slice.</param>
    /// <param name="keySplits">Splits of the keys; 1 for none.</param>
    public static LaunchGrid Of(CudaStage stage, CudaDeviceLimits limits, int heads, int rows, int keySplits)
    {
        long tiles = ((long)rows + stage.RowsPerBlock - 1) / stage.RowsPerBlock * (stage.MergesKeySplits ? 1 : keySplits);

        // The tiles of all heads may be more than a grid can be wide, or 32 bits can count: the blocks that there are walk over them.
        if (stage.BlocksPerMultiprocessor > 0)
            return new((uint)Math.Min(tiles * heads, (long)limits.Multiprocessors * stage.BlocksPerMultiprocessor), 1);

        // Kernels step over heads by the grid's height, so a device limit only folds the grid.
        return new((uint)tiles, (uint)Math.Min(heads, limits.GridHeight));
    }
}
