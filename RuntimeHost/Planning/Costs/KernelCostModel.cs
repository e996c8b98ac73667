using KernelGen.Kernels;
using KernelGen.Tensors;

namespace KernelGen.Planning;

/// <summary>Predicts the time of a plan. It ranks plans; it promises nothing.</summary>
/// <remarks>
/// <code>
/// work    = 4 * batch * heads * queries * keys * headDim operations, half of it when causal
/// tile    = work / (batch * heads * ceil(queries / TileRows)) / (FlopsPerSecond * efficiency)
/// busy    = ceil(tiles / workers) * workers                 (tiles where the device names neither workers nor multiprocessors)
/// traffic = scores * BytesPerScore * ScorePasses / BytesPerSecond    (materialized; none when the scores of a slice stay within the cache)
/// fold    = rows * partial results * PartialBytesPerRow * 2 / BytesPerSecond      (chunks of keys: written once, read once; where
///           blocks share rows one for each chunk, and one more launch; else one less: the last goes to the output)
/// time    = sum over slices of busy * tile + traffic + fold + slices * SliceSeconds
/// </code>
/// A CPU kernel that takes a head at a time has a row in each lane of its vectors, so that up to 32 rows cost as much as 32; one for few
/// queries has keys there. On a GPU <c>workers</c> are its multiprocessors, and each tile costs as much as a full one: queries and keys are
/// rounded up to tiles.
/// Several tiles share a multiprocessor, and those that are alone on it are slower: <see cref="TileOccupancy"/>. A tile takes no less time
/// than reading K and V, which the tiles of a head share: <c>2 * keys * headDim * element size / (tiles of a head * BytesPerSecond)</c>.
/// Where blocks share rows there are as many tiles as chunks of each, and shorter ones. For kernels that use tensor cores
/// <c>FlopsPerSecond</c> is <c>TensorFlopsPerSecond</c>; where the device's <see cref="KernelCosts"/> give clocks for the softmax of a
/// score they are added. <c>ceil</c> is what makes 17 tiles on 16 threads cost as much as 32. Efficiencies and clocks are those of <see
/// cref="DeviceProfile.Costs"/>.
/// </remarks>
public static class KernelCostModel
{
    // The lanes of two vectors of AVX-512, which a kernel works on at a time. Narrower ones are slower with so few rows for other reasons.
    private const int LaneRows = 32;

    /// <summary>Seconds that the arithmetic of one tile keeps a whole device busy.</summary>
    internal static double TileSeconds(KernelVariant variant, in AttentionShape shape, DeviceProfile device, bool causal)
    {
        double tiles = (double)shape.TotalHeads * SliceGroups.CeilingDivide(shape.Queries, variant.Footprint.TileRows);
        if (tiles == 0)
            return 0;

        double scoreSeconds = ScoreSeconds(variant, shape, device);
        return device.Workers == 0 && device.ParallelTiles > 0
            ? FullTileSeconds(variant, shape, device, causal, scoreSeconds)
            : Scores(shape, causal) * LanesPerRow(variant, shape) / tiles * scoreSeconds;
    }

    /// <summary>Seconds of writing partial results and of folding them; 0 where there is one chunk of keys.</summary>
    /// <param name="variant">The variant.</param>
    /// <param name="shape">The call.</param>
    /// <param name="device">The device.</param>
    /// <param name="slices">Slices of the plan.</param>
    /// <param name="splits">As many as chunks where blocks share rows; else 1.</param>
    internal static double FoldSeconds(KernelVariant variant, in AttentionShape shape, DeviceProfile device, double slices, int splits)
    {
        double partials = splits > 1 ? splits : variant.Footprint.KeyChunks(shape.Keys) - 1;
        return ((double)shape.TotalHeads * shape.Queries * partials * variant.Footprint.PartialBytesPerRow * 2 / device.BytesPerSecond)
            + (splits > 1 ? slices * device.SliceSeconds : 0);
    }

    /// <summary>At least <see cref="FoldSeconds"/> where a block goes over all chunks, and proportional to the number of keys.</summary>
    internal static double MostFoldSeconds(KernelVariant variant, in AttentionShape shape, DeviceProfile device)
    {
        KernelFootprint footprint = variant.Footprint;
        return footprint.PartialBytesPerRow == 0 ? 0
            : (double)shape.TotalHeads * shape.Queries * shape.Keys / footprint.ChunkKeys * footprint.PartialBytesPerRow * 2
                / device.BytesPerSecond;
    }

    /// <summary>Seconds of moving scores to and from memory.</summary>
    /// <param name="variant">The variant.</param>
    /// <param name="shape">The call.</param>
    /// <param name="device">The device.</param>
    /// <param name="causal">Half of the scores are skipped.</param>
    /// <param name="sliceScoreBytes">The scores of a slice.</param>
    internal static double TrafficSeconds(
        KernelVariant variant, in AttentionShape shape, DeviceProfile device, bool causal, long sliceScoreBytes) =>
        sliceScoreBytes <= device.CacheBytes
            ? 0
            : Scores(shape, causal) * variant.Footprint.BytesPerScore * variant.Traits.ScorePasses / device.BytesPerSecond;

    /// <summary>
    /// The time of tiles that run together, one at a time on each worker, in tiles: the whole device waits for the last of them.
    /// </summary>
    internal static double Busy(long tiles, int workers) => workers <= 1 ? tiles : (tiles + workers - 1) / workers * (double)workers;

    // A tile of a GPU: arithmetic, or its share of reading K and V, whichever takes longer.
    private static double FullTileSeconds(
        KernelVariant variant, in AttentionShape shape, DeviceProfile device, bool causal, double scoreSeconds)
    {
        KernelFootprint footprint = variant.Footprint;
        double keys = (double)SliceGroups.CeilingDivide(shape.Keys, footprint.TileKeys) * footprint.TileKeys * (causal ? 0.5 : 1);
        double reading =
            2 * keys * shape.HeadDim * variant.ElementType.SizeInBytes() / SliceGroups.CeilingDivide(shape.Queries, footprint.TileRows);
        return Math.Max(footprint.TileRows * keys * scoreSeconds, reading / device.BytesPerSecond);
    }

    // Both products and the softmax of one score, on the whole device.
    private static double ScoreSeconds(KernelVariant variant, in AttentionShape shape, DeviceProfile device)
    {
        KernelCosts costs = device.Costs;
        double products = 4 * shape.HeadDim / (Peak(variant, device) * costs.EfficiencyOf(variant));
        return (products + (costs.SoftmaxClocksOf(variant) / MultiprocessorClocks(device))) / costs.TileEfficiencyOf(variant);
    }

    // Clocks of all multiprocessors in a second: each does 128 fp32 multiply-adds a clock.
    private static double MultiprocessorClocks(DeviceProfile device) => device.FlopsPerSecond / 256;

    private static double Peak(KernelVariant variant, DeviceProfile device) => variant.Traits switch
    {
        _ when device.TensorFlopsPerSecond == 0 => device.FlopsPerSecond,
        { Products: ProductUnit.WarpProducts } => device.TensorFlopsPerSecond,
        { Products: ProductUnit.WarpgroupProducts, SplitsFloat32: true } =>
            device.Costs.WarpgroupPeakRatio * device.TensorFlopsPerSecond / device.Costs.ProductsOfFloat32,
        { Products: ProductUnit.WarpgroupProducts } => device.Costs.WarpgroupPeakRatio * device.TensorFlopsPerSecond,
        _ => device.FlopsPerSecond,
    };

    // What empty lanes cost.
    private static double LanesPerRow(KernelVariant variant, in AttentionShape shape) =>
        variant.Cpu is null || variant.Footprint.ChunksApart ? 1 : Math.Max(1, LaneRows / (double)shape.Queries);

    // In floating point because lengths that are tried in the search for the largest one may have more than 2^63 scores.
    private static double Scores(in AttentionShape shape, bool causal) =>
        (double)shape.TotalHeads * shape.Queries * shape.Keys * (causal ? 0.5 : 1);
}
