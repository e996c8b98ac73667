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
    /// <param name="keySplits">Blocks that share each tile of rows, a chunk of the keys each; 1 for none.</param>
    /// <exception cref="ArgumentException">There are more tiles than a launch can count.</exception>
    public static LaunchGrid Of(CudaStage stage, CudaDeviceLimits limits, int heads, int rows, int keySplits)
    {
        long clusterRows = (long)stage.RowsPerBlock * stage.ClusterBlocks;
        long tiles = (rows + clusterRows - 1) / clusterRows * stage.ClusterBlocks * (stage.MergesKeySplits ? 1 : keySplits);
        bool persistent = stage.IsPersistent;
        if (tiles > int.MaxValue || (persistent && tiles > int.MaxValue / heads))
        {
            throw new ArgumentException(
                Invariant($"{stage.EntryPoint} cannot run {tiles} tiles of each of {heads} heads in one launch: it counts at most ")
                    + Invariant($"{int.MaxValue} of them. Attend to fewer heads in a call."),
                nameof(heads));
        }

        // The blocks that there are walk over the tiles of all heads. Other kernels step over heads by the grid's height, so a device limit
        // only folds it. Blocks of a cluster walk together.
        long residents = (long)limits.Multiprocessors * stage.MinimumBlocks;
        return persistent
            ? new((uint)Math.Min(tiles * heads, Math.Max(residents - (residents % stage.ClusterBlocks), stage.ClusterBlocks)), 1)
            : new((uint)tiles, (uint)Math.Min(heads, limits.GridHeight));
    }
}
