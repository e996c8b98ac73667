using KernelGen.Kernels;
using KernelGen.Tensors;

namespace KernelGen.Planning;

/// <summary>Predicts the time of a plan. It ranks plans; it promises nothing.</summary>
/// <remarks>
/// <code>
/// work    = 4 * batch * heads * queries * keys * headDim operations, half of it when causal
/// tile    = work / (batch * heads * ceil(queries / TileRows)) / (FlopsPerSecond * efficiency)
/// slice   = ceil(tiles / workers) * workers * tile          (tiles * tile where the device names neither workers nor parallel tiles)
/// traffic = scores * BytesPerScore * 3 / BytesPerSecond     (materialized: written once, read for the softmax, read for P V; 2 for sm90a, which writes probabilities;
///                                                            none when the scores of a slice stay within the cache)
/// merge   = rows * splits * PartialBytesPerRow * 2 / BytesPerSecond + slices * SliceSeconds   (split keys: written once, read once; one more launch)
/// time    = sum of slices + traffic + merge + slices * SliceSeconds
/// </code>
/// On a GPU <c>workers</c> are its parallel tiles, each of which costs as much as a full one: queries and keys are rounded up to tiles. It takes no less time
/// than reading K and V, which the tiles of a head share: <c>2 * keys * headDim * element size / (tiles of a head * BytesPerSecond)</c>. Split keys make as many
/// tiles of each, and shorter ones.
/// For kernels that use tensor cores <c>FlopsPerSecond</c> is <c>TensorFlopsPerSecond</c>; where the device's <see cref="KernelCosts"/> give clocks for the softmax of
/// a score they are added. <c>ceil</c> is what makes 17 tiles on 16 threads cost as much as 32. Efficiencies and clocks are those of <see cref="DeviceProfile.Costs"/>.
/// </remarks>
public static class KernelCostModel
{
    /// <summary>How often a materialized kernel moves each score: written by Q K^T, read by the softmax, read by P V.</summary>
    public const int ScorePasses = 3;

    /// <summary>The same of a kernel whose first launch writes probabilities, so that only P V reads them.</summary>
    public const int ProbabilityPasses = 2;

    /// <summary>Seconds that the arithmetic of one tile keeps a whole device busy.</summary>
    internal static double TileSeconds(KernelVariant variant, in AttentionShape shape, DeviceProfile device, bool causal)
    {
        double tiles = (double)shape.TotalHeads * SliceGroups.CeilingDivide(shape.Queries, variant.Footprint.TileRows);
        if (tiles == 0)
            return 0;

        double scoreSeconds = ScoreSeconds(variant, shape, device);
        return device.Workers == 0 && device.ParallelTiles > 0
            ? FullTileSeconds(variant, shape, device, causal, scoreSeconds)
            : Scores(shape, causal) / tiles * scoreSeconds;
    }

    /// <summary>Seconds of writing partial results and of merging them; 0 where keys are not split.</summary>
    /// <param name="variant">The variant.</param>
    /// <param name="shape">The call.</param>
    /// <param name="device">The device.</param>
    /// <param name="slices">Slices of the plan.</param>
    /// <param name="splits">Splits of the keys.</param>
    internal static double MergeSeconds(KernelVariant variant, in AttentionShape shape, DeviceProfile device, double slices, int splits) => splits <= 1
        ? 0
        : ((double)shape.TotalHeads * shape.Queries * splits * variant.Footprint.PartialBytesPerRow * 2 / device.BytesPerSecond) + (slices * device.SliceSeconds);

    /// <summary>Seconds of moving scores to and from memory.</summary>
    /// <param name="variant">The variant.</param>
    /// <param name="shape">The call.</param>
    /// <param name="device">The device.</param>
    /// <param name="causal">Half of the scores are skipped.</param>
    /// <param name="sliceScoreBytes">The scores of a slice.</param>
    internal static double TrafficSeconds(KernelVariant variant, in AttentionShape shape, DeviceProfile device, bool causal, long sliceScoreBytes) =>
        sliceScoreBytes <= device.CacheBytes ? 0 : Scores(shape, causal) * variant.Footprint.BytesPerScore * Passes(variant) / device.BytesPerSecond;

    /// <summary>The time of tiles that run together, in tiles: the whole device waits for the last of them.</summary>
    internal static double Busy(long tiles, int workers) => workers <= 1 ? tiles : (tiles + workers - 1) / workers * (double)workers;

    /// <summary>The tiles that a device is busy for, over all slices of a cut.</summary>
    /// <param name="heads">The cut along heads.</param>
    /// <param name="tiles">The cut along rows, in tiles.</param>
    /// <param name="workers">Tiles that the device runs at once.</param>
    /// <param name="splits">Splits of the keys of each tile; 1 for none.</param>
    internal static double Busy(in SliceGroups heads, in SliceGroups tiles, int workers, int splits = 1) =>
        ((double)heads.LargeCount * tiles.LargeCount * Busy((long)heads.Large * tiles.Large * splits, workers))
        + ((double)heads.LargeCount * tiles.SmallCount * Busy((long)heads.Large * tiles.Small * splits, workers))
        + ((double)heads.SmallCount * tiles.LargeCount * Busy((long)heads.Small * tiles.Large * splits, workers))
        + ((double)heads.SmallCount * tiles.SmallCount * Busy((long)heads.Small * tiles.Small * splits, workers));

    // A tile of a GPU: arithmetic, or its share of reading K and V, whichever takes longer.
    private static double FullTileSeconds(KernelVariant variant, in AttentionShape shape, DeviceProfile device, bool causal, double scoreSeconds)
    {
        KernelFootprint footprint = variant.Footprint;
        double keys = (double)SliceGroups.CeilingDivide(shape.Keys, footprint.TileKeys) * footprint.TileKeys * (causal ? 0.5 : 1);
        double reading = 2 * keys * shape.HeadDim * variant.ElementType.SizeInBytes() / SliceGroups.CeilingDivide(shape.Queries, footprint.TileRows);
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

    private static int Passes(KernelVariant variant) => variant.Target == KernelTarget.Sm90a ? ProbabilityPasses : ScorePasses;

    private static double Peak(KernelVariant variant, DeviceProfile device) => variant.Target switch
    {
        _ when device.TensorFlopsPerSecond == 0 => device.FlopsPerSecond,
        KernelTarget.Sm80 => device.TensorFlopsPerSecond,
        KernelTarget.Sm90a when variant.SplitsFloat32 =>
            device.Costs.WarpgroupPeakRatio * device.TensorFlopsPerSecond / device.Costs.ProductsOfFloat32,
        KernelTarget.Sm90a => device.Costs.WarpgroupPeakRatio * device.TensorFlopsPerSecond,
        _ => device.FlopsPerSecond,
    };

    // In floating point because lengths that are tried in the search for the largest one may have more than 2^63 scores.
    private static double Scores(in AttentionShape shape, bool causal) =>
        (double)shape.TotalHeads * shape.Queries * shape.Keys * (causal ? 0.5 : 1);
}
