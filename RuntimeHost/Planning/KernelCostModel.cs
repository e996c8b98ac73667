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
/// For kernels that use tensor cores <c>FlopsPerSecond</c> is <c>TensorFlopsPerSecond</c>. The efficiency is 0.85 for <c>streaming</c> and 0.65 for
/// <c>materialized</c>. <c>ceil</c> is what makes 17 tiles on 16 threads cost as much as 32.
/// </remarks>
public static class KernelCostModel
{
    /// <summary>The share of the peak that a streaming kernel is taken to reach.</summary>
    public const double StreamingEfficiency = 0.85;

    /// <summary>The share of the peak that a materialized kernel is taken to reach, score traffic aside.</summary>
    public const double MaterializedEfficiency = 0.65;

    /// <summary>How often a materialized kernel moves each score: written by Q K^T, read by the softmax, read by P V.</summary>
    public const int ScorePasses = 3;

    /// <summary>The same of a kernel whose first launch writes probabilities, so that only P V reads them.</summary>
    public const int ProbabilityPasses = 2;

    /// <summary>Seconds that the arithmetic of one tile keeps a whole device busy.</summary>
    internal static double TileSeconds(KernelVariant variant, in AttentionShape shape, DeviceProfile device, bool causal)
    {
        double tiles = (double)shape.TotalHeads * SliceGroups.CeilingDivide(shape.Queries, variant.Footprint.TileRows);
        double efficiency = variant.Family == KernelFamily.Streaming ? StreamingEfficiency : MaterializedEfficiency;
        double operationsPerSecond = Peak(variant, device) * efficiency * TileEfficiency(variant);
        if (tiles == 0)
            return 0;

        return device.Workers == 0 && device.ParallelTiles > 0
            ? FullTileSeconds(variant, shape, device, causal, operationsPerSecond)
            : Scores(shape, causal) * 4 * shape.HeadDim / tiles / operationsPerSecond;
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
    private static double FullTileSeconds(KernelVariant variant, in AttentionShape shape, DeviceProfile device, bool causal, double operationsPerSecond)
    {
        KernelFootprint footprint = variant.Footprint;
        double keys = (double)SliceGroups.CeilingDivide(shape.Keys, footprint.TileKeys) * footprint.TileKeys * (causal ? 0.5 : 1);
        double reading = 2 * keys * shape.HeadDim * variant.ElementType.SizeInBytes() / SliceGroups.CeilingDivide(shape.Queries, footprint.TileRows);
        return Math.Max(4 * footprint.TileRows * keys * shape.HeadDim / operationsPerSecond, reading / device.BytesPerSecond);
    }

    private static int Passes(KernelVariant variant) => variant.Target == KernelTarget.Sm90a ? ProbabilityPasses : ScorePasses;

    private static double Peak(KernelVariant variant, DeviceProfile device) => variant.Target switch
    {
        _ when device.TensorFlopsPerSecond == 0 => device.FlopsPerSecond,
        KernelTarget.Sm80 => device.TensorFlopsPerSecond,

        // Products of warpgroups have twice the peak of mma.sync.
        KernelTarget.Sm90a => 2 * device.TensorFlopsPerSecond,
        _ => device.FlopsPerSecond,
    };

    // Tiles of few rows read K and V more often, and have fewer warpgroups to hide one's softmax behind another's products. Estimates, not measured.
    private static double TileEfficiency(KernelVariant variant) => (variant.Target, variant.Footprint.TileRows) switch
    {
        (KernelTarget.Sm90a, <= 64) => 0.8,
        (KernelTarget.Sm90a, <= 128) => 0.95,
        _ => 1,
    };

    // In floating point because lengths that are tried in the search for the largest one may have more than 2^63 scores.
    private static double Scores(in AttentionShape shape, bool causal) =>
        (double)shape.TotalHeads * shape.Queries * shape.Keys * (causal ? 0.5 : 1);
}
