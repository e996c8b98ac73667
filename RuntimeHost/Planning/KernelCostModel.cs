using KernelGen.Kernels;
using KernelGen.Tensors;

namespace KernelGen.Planning;

/// <summary>Predicts the time of a plan. It ranks plans; it promises nothing.</summary>
/// <remarks>
/// <code>
/// work    = 4 * batch * heads * queries * keys * headDim operations, half of it when causal
/// tile    = work / (batch * heads * ceil(queries / TileRows)) / (FlopsPerSecond * efficiency)
/// slice   = ceil(tiles / workers) * workers * tile          (workers: TilesAtOnce of the device; tiles * tile where it names none)
/// traffic = scores * BytesPerScore * 3 / BytesPerSecond     (materialized: written once, read for the softmax, read for P V;
///                                                            none when the scores of a slice stay within the cache)
/// time    = sum of slices + traffic + slices * SliceSeconds
/// </code>
/// For kernels that use tensor cores <c>FlopsPerSecond</c> is <c>TensorFlopsPerSecond</c>. The efficiency is 0.85 for <c>streaming</c> and 0.65 for <c>materialized</c>. <c>ceil</c> is what makes 17 tiles on 16 threads, or 133 on 132 multiprocessors, cost as much as twice as many.
/// </remarks>
public static class KernelCostModel
{
    /// <summary>The share of the peak that a streaming kernel is taken to reach.</summary>
    public const double StreamingEfficiency = 0.85;

    /// <summary>The share of the peak that a materialized kernel is taken to reach, score traffic aside.</summary>
    public const double MaterializedEfficiency = 0.65;

    /// <summary>How often a materialized kernel moves each score: written by Q K^T, read by the softmax, read by P V.</summary>
    public const int ScorePasses = 3;

    /// <summary>Seconds that the arithmetic of one tile keeps a whole device busy.</summary>
    internal static double TileSeconds(KernelVariant variant, in AttentionShape shape, DeviceProfile device, bool causal)
    {
        double tiles = (double)shape.TotalHeads * SliceGroups.CeilingDivide(shape.Queries, variant.Footprint.TileRows);
        double efficiency = variant.Family == KernelFamily.Streaming ? StreamingEfficiency : MaterializedEfficiency;
        return tiles == 0 ? 0 : Scores(shape, causal) * 4 * shape.HeadDim / tiles / (Peak(variant, device) * efficiency * TileEfficiency(variant));
    }

    /// <summary>Seconds of moving scores to and from memory.</summary>
    /// <param name="variant">The variant.</param>
    /// <param name="shape">The call.</param>
    /// <param name="device">The device.</param>
    /// <param name="causal">Half of the scores are skipped.</param>
    /// <param name="sliceScoreBytes">The scores of a slice.</param>
    internal static double TrafficSeconds(KernelVariant variant, in AttentionShape shape, DeviceProfile device, bool causal, long sliceScoreBytes) =>
        sliceScoreBytes <= device.CacheBytes ? 0 : Scores(shape, causal) * variant.Footprint.BytesPerScore * ScorePasses / device.BytesPerSecond;

    /// <summary>The time of tiles that run together, in tiles: the whole device waits for the last of them.</summary>
    internal static double Busy(long tiles, int workers) => workers <= 1 ? tiles : (tiles + workers - 1) / workers * (double)workers;

    /// <summary>The tiles that a device is busy for, over all slices of a cut.</summary>
    /// <param name="heads">The cut along heads.</param>
    /// <param name="tiles">The cut along rows, in tiles.</param>
    /// <param name="workers">Workers of the device.</param>
    internal static double Busy(in SliceGroups heads, in SliceGroups tiles, int workers) =>
        ((double)heads.LargeCount * tiles.LargeCount * Busy((long)heads.Large * tiles.Large, workers))
        + ((double)heads.LargeCount * tiles.SmallCount * Busy((long)heads.Large * tiles.Small, workers))
        + ((double)heads.SmallCount * tiles.LargeCount * Busy((long)heads.Small * tiles.Large, workers))
        + ((double)heads.SmallCount * tiles.SmallCount * Busy((long)heads.Small * tiles.Small, workers));

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
