using KernelGen.Kernels;
using KernelGen.Tensors;

namespace KernelGen.Planning;

/// <summary>Decides into how many ranges the keys of a call are split, so that a GPU is busy although the call has few tiles of query rows.</summary>
/// <remarks>
/// The number of splits decides in which order a row is summed up, and with it the row's last bits. So it depends on the call, the device and the target
/// alone: not on memory, not on how the plan slices heads and rows, and not on which variant of the target is taken.
/// </remarks>
internal static class KeySplitRule
{
    /// <summary>A split must promise to take at most this share of the unsplit time: predictions are rough, and merging is one more launch.</summary>
    private const double WorthwhileShare = 0.8;

    /// <summary>Of all numbers of splits whose time is within this factor of the least, the smallest is taken: it needs the least memory.</summary>
    private const double NearLeast = 1.1;

    /// <summary>The splits of the keys; 1 for none.</summary>
    /// <param name="request">What is planned.</param>
    /// <param name="variant">The variant to be run.</param>
    public static int SplitsOf(in PlanRequest request, KernelVariant variant)
    {
        AttentionShape shape = request.Shape;
        int parallel = request.Device.ParallelTiles;
        int keyTiles = KeyTiles(variant, shape.Keys);
        if (variant.Footprint.PartialBytesPerRow == 0 || parallel <= 1 || request.Device.Workers > 0 || keyTiles <= 1)
            return 1;

        KernelVariant finest = FinestOf(request, variant);
        long tiles = finest.Footprint.Tiles(shape.TotalHeads, shape.Queries);
        if (tiles == 0 || tiles >= parallel)
            return 1;

        double tileSeconds = KernelCostModel.TileSeconds(finest, shape, request.Device, causal: false);
        double unsplit = Seconds(request, finest, tiles, tileSeconds, splits: 1);
        double least = unsplit;
        int most = Math.Min(parallel, keyTiles);
        for (int splits = 2; splits <= most; splits = Next(keyTiles, splits))
            least = Math.Min(least, Seconds(request, finest, tiles, tileSeconds, splits));

        if (least > unsplit * WorthwhileShare)
            return 1;

        int smallest = 2;
        while (Seconds(request, finest, tiles, tileSeconds, smallest) > least * NearLeast)
            smallest = Next(keyTiles, smallest);

        return smallest;
    }

    /// <summary>Keys of a split: whole tiles, the same for all but the last.</summary>
    /// <param name="variant">The variant.</param>
    /// <param name="keys">Keys of the call.</param>
    /// <param name="splits">Splits of them.</param>
    public static int KeysPerSplit(KernelVariant variant, int keys, int splits) =>
        splits <= 1 ? keys : (int)Math.Min((long)TilesPerSplit(KeyTiles(variant, keys), splits) * variant.Footprint.TileKeys, keys);

    /// <summary>The share of a tile's time that is left to each split of it.</summary>
    public static double ShareOf(KernelVariant variant, int keys, int splits) =>
        splits <= 1 ? 1 : (double)TilesPerSplit(KeyTiles(variant, keys), splits) / KeyTiles(variant, keys);

    // The next number of splits that leaves none of them without keys.
    private static int Next(int keyTiles, int splits)
    {
        int tiles = TilesPerSplit(keyTiles, splits);
        return tiles == 1 ? int.MaxValue : SliceGroups.CeilingDivide(keyTiles, tiles - 1);
    }

    private static double Seconds(in PlanRequest request, KernelVariant variant, long tiles, double tileSeconds, int splits)
    {
        AttentionShape shape = request.Shape;
        bool causal = request.Options.Causal;

        // What is split is the longest row. With causality that is one of the last ones, which may see no more than the first keys.
        int keyTiles = KeyTiles(variant, shape.Keys);
        int visible = causal ? KeyTiles(variant, Math.Min(shape.Keys, shape.Queries)) : keyTiles;
        double share = (double)Math.Min(TilesPerSplit(keyTiles, splits), visible) / keyTiles;
        return (KernelCostModel.Busy(tiles * splits, request.Device.ParallelTiles) * tileSeconds * share)
            + KernelCostModel.MergeSeconds(variant, shape, request.Device, slices: 1, splits);
    }

    private static int KeyTiles(KernelVariant variant, int keys) => SliceGroups.CeilingDivide(keys, variant.Footprint.TileKeys);

    private static int TilesPerSplit(int keyTiles, int splits) => SliceGroups.CeilingDivide(keyTiles, splits);

    // Variants of a target with tiles of other sizes give the same bits, so they must agree; the one with the most tiles needs splits the least.
    private static KernelVariant FinestOf(in PlanRequest request, KernelVariant variant)
    {
        KernelVariant finest = variant;
        foreach (KernelVariant other in request.Variants.Span)
        {
            if (other.Target == variant.Target && other.Footprint.PartialBytesPerRow > 0 && other.Footprint.TileRows < finest.Footprint.TileRows)
                finest = other;
        }

        return finest;
    }
}
