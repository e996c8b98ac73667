using KernelGen.Kernels;

namespace KernelGen.Planning;

/// <summary>
/// Decides whether a block goes over all chunks of its rows' keys, or blocks share rows, a chunk each, so that a GPU is busy although a
/// call has few tiles of query rows.
/// </summary>
/// <remarks>
/// Chunks follow from the kernel alone, and are folded in the order of the keys by the same arithmetic either way, so that the answer never
/// shows in the bits: it may depend on the device, on memory and on how the plan slices heads and rows.
/// </remarks>
internal static class KeyChunkRule
{
    /// <summary>
    /// Sharing rows must promise to take at most this share of the time: predictions are rough, it is one more launch, and it needs more
    /// memory.
    /// </summary>
    private const double WorthwhileShare = 0.8;

    /// <summary>The chunks, where blocks could share rows and some of them would be idle otherwise; else 1.</summary>
    /// <param name="request">What is planned.</param>
    /// <param name="variant">The variant.</param>
    public static int SplitsToTry(in PlanRequest request, KernelVariant variant)
    {
        int parallel = request.Device.ParallelTiles;
        return parallel > 1 && request.Device.Workers == 0
            && variant.Footprint.Tiles(request.Shape.TotalHeads, request.Shape.Queries) < parallel
            ? variant.Footprint.KeyChunks(request.Shape.Keys)
            : 1;
    }

    /// <summary>True when a plan whose blocks share rows is to be preferred to one whose blocks do not.</summary>
    public static bool IsWorthwhile(in PlanOutcome shared, in PlanOutcome other) =>
        shared.PredictedSeconds <= other.PredictedSeconds * WorthwhileShare;

    /// <summary>Keys that a block takes at most.</summary>
    /// <param name="variant">The variant.</param>
    /// <param name="keys">Keys of the call.</param>
    /// <param name="splits">As many as chunks where blocks share rows; else 1.</param>
    public static int KeysOfBlock(KernelVariant variant, int keys, int splits) =>
        splits <= 1 ? keys : Math.Min(variant.Footprint.ChunkKeys, keys);

    /// <summary>
    /// The share of a tile's time that is left to each block of those that share it, as far as some of its rows see keys.
    /// </summary>
    /// <param name="request">What is planned.</param>
    /// <param name="variant">The variant.</param>
    /// <param name="splits">As many as chunks where blocks share rows; else 1.</param>
    public static double ShareOf(in PlanRequest request, KernelVariant variant, int splits)
    {
        int keys = request.Shape.Keys;
        if (splits <= 1)
            return 1;

        // What is shared is the longest row. With causality that is one of the last ones, which may see no more than the first keys.
        int visible = request.Options.Causal ? Math.Min(keys, request.Shape.Queries) : keys;
        return (double)KeyTiles(variant, Math.Min(variant.Footprint.ChunkKeys, visible)) / KeyTiles(variant, visible);
    }

    private static int KeyTiles(KernelVariant variant, int keys) => SliceGroups.CeilingDivide(keys, variant.Footprint.TileKeys);
}
