using KernelGen.Kernels;

namespace KernelGen.Planning.Policies;

/// <summary>Finds the fastest way to slice a variant along heads and rows within a workspace.</summary>
/// <remarks>
/// Only even cuts are looked at, and of those with the same number of groups one: sizes h over heads and t over tiles of rows for which
/// <c>h = ceil(heads / groups)</c>. There are about <c>2 sqrt(heads)</c> of the one and <c>2 sqrt(tiles)</c> of the other. The workspace
/// depends on <c>h * t</c> alone, so that its limit is one number, and t runs down from the largest that fits until a lower bound on the
/// time (every worker busy all the time, no slice shorter than one turn) says that smaller ones cannot win. The result is the optimum over
/// these cuts, hence more memory never gives a slower plan. Where blocks share rows, a chunk of the keys each, the tiles that run and the
/// partial results of each are multiplied by a number that is the same for all cuts; where that is not much faster, or does not fit, a
/// block goes over all chunks.
/// </remarks>
internal static class ExactSearch
{
    /// <summary>The fastest cut; false when not even one tile of one head fits.</summary>
    public static bool TryFit(in PlanRequest request, KernelVariant variant, long allowed, out PlanOutcome outcome)
    {
        bool fits = TryFit(request, variant, allowed, splits: 1, out outcome);
        int splits = KeyChunkRule.SplitsToTry(request, variant);
        if (splits > 1 && TryFit(request, variant, allowed, splits, out PlanOutcome shared) && KeyChunkRule.IsWorthwhile(shared, outcome))
            outcome = shared;

        return fits;
    }

    /// <summary>
    /// The time that is predicted, without what the device measured, for a call that was measured; 0 where there is no plan for it.
    /// </summary>
    public static double PredictedSeconds(KernelMeasurement measurement, DeviceProfile device)
    {
        PlanRequest request = new(
            measurement.MeasuredShape, measurement.Variant.ElementType, new[] { measurement.Variant }, device with { Measurements = null },
            new(long.MaxValue, 0, ""), new PlanningOptions { Causal = measurement.Causal });
        return TryFit(request, measurement.Variant, long.MaxValue, out PlanOutcome outcome) ? outcome.PredictedSeconds : 0;
    }

    private static bool TryFit(in PlanRequest request, KernelVariant variant, long allowed, int splits, out PlanOutcome outcome)
    {
        int heads = request.Shape.TotalHeads;
        int tiles = SliceGroups.CeilingDivide(request.Shape.Queries, variant.Footprint.TileRows);
        if (tiles == 0)
        {
            outcome = Outcome(request, variant, 0, 0, splits);
            return true;
        }

        // Slices as large as memory allows, and slices whose scores stay in the cache: between the two there is only more traffic.
        bool fits = TryCut(request, variant, heads, tiles, MostTiles(request, variant, allowed, splits), splits, out outcome);
        long tilesInCache = TilesInCache(request, variant, allowed);
        if (tilesInCache >= 1 && TryCut(request, variant, heads, tiles, tilesInCache, splits, out PlanOutcome cached)
            && cached.IsBetterThan(outcome))
            outcome = cached;

        return fits;
    }

    private static bool TryCut(
        in PlanRequest request, KernelVariant variant, int heads, int tiles, long most, int splits, out PlanOutcome outcome)
    {
        outcome = default;
        if (most < 1)
            return false;

        TileOccupancy occupancy = TileOccupancy.Of(variant, request.Device);
        double sliceSeconds = request.Device.SliceSeconds * (splits > 1 ? 2 : 1);
        double tileSeconds = KernelCostModel.TileSeconds(variant, request.Shape, request.Device, request.Options.Causal)
            * KeyChunkRule.ShareOf(request, variant, splits);
        double leastBusy = occupancy.LeastBusy((long)heads * tiles * splits);
        int mostRowTiles = MostRowTiles(variant, tiles);
        double bestSeconds = double.PositiveInfinity;
        (int Heads, int Tiles) best = default;

        int h = SliceGroups.BalancedSize(heads, (int)Math.Min(heads, most));
        while (true)
        {
            SliceGroups headGroups = SliceGroups.Balanced(heads, h);
            int t = SliceGroups.BalancedSize(tiles, (int)Math.Min(mostRowTiles, most / h));
            while (true)
            {
                SliceGroups rowGroups = SliceGroups.Balanced(tiles, t);
                double slices = (double)headGroups.Count * rowGroups.Count;
                double bound = (Math.Max(leastBusy, slices * Math.Max(occupancy.Workers, 1)) * tileSeconds) + (slices * sliceSeconds);
                if (bound >= bestSeconds || slices > int.MaxValue)
                    break;

                double seconds = (occupancy.Busy(headGroups, rowGroups, splits) * tileSeconds) + (slices * sliceSeconds);
                if (seconds < bestSeconds)
                {
                    bestSeconds = seconds;
                    best = (h, t);
                }

                if (t == 1)
                    break;

                t = SliceGroups.BalancedSize(tiles, t - 1);
            }

            if (h == 1)
                break;

            h = SliceGroups.BalancedSize(heads, h - 1);
        }

        if (best.Heads == 0)
            return false;

        outcome = Outcome(request, variant, best.Heads, best.Tiles, splits);
        return true;
    }

    /// <summary>The cut into single tiles of single heads.</summary>
    public static PlanOutcome Smallest(in PlanRequest request, KernelVariant variant) => Outcome(request, variant, 1, 1, splits: 1);

    /// <summary>The whole call in one slice.</summary>
    public static PlanOutcome WholeCall(in PlanRequest request, KernelVariant variant) => Outcome(
        request, variant, request.Shape.TotalHeads, SliceGroups.CeilingDivide(request.Shape.Queries, variant.Footprint.TileRows),
        splits: 1);

    /// <summary>
    /// At most the seconds of any cut, as far as it grows with the number of keys, on a device with workers: there it is proportional to
    /// them.
    /// </summary>
    public static double LeastTileSeconds(in PlanRequest request, KernelVariant variant) =>
        TileOccupancy.Of(variant, request.Device).LeastBusy(variant.Footprint.Tiles(request.Shape.TotalHeads, request.Shape.Queries))
            * KernelCostModel.TileSeconds(variant, request.Shape, request.Device, request.Options.Causal);

    /// <summary>Works out a cut.</summary>
    /// <param name="request">What is planned.</param>
    /// <param name="variant">The variant.</param>
    /// <param name="headsPerSlice">The most heads of a slice.</param>
    /// <param name="tilesPerSlice">The most tiles of rows of a slice.</param>
    /// <param name="splits">As many as chunks where blocks share rows; else 1.</param>
    public static PlanOutcome Outcome(in PlanRequest request, KernelVariant variant, int headsPerSlice, int tilesPerSlice, int splits)
    {
        int tileRows = variant.Footprint.TileRows;
        SliceGroups heads = SliceGroups.Balanced(request.Shape.TotalHeads, headsPerSlice);
        SliceGroups tiles = SliceGroups.Balanced(SliceGroups.CeilingDivide(request.Shape.Queries, tileRows), tilesPerSlice);
        int rows = (int)Math.Min((long)tilesPerSlice * tileRows, request.Shape.Queries);
        long slices = (long)heads.Count * tiles.Count;
        bool causal = request.Options.Causal;
        double seconds = (TileOccupancy.Of(variant, request.Device).Busy(heads, tiles, splits)
                * KernelCostModel.TileSeconds(variant, request.Shape, request.Device, causal)
                    * KeyChunkRule.ShareOf(request, variant, splits))
            + KernelCostModel.FoldSeconds(variant, request.Shape, request.Device, slices, splits)
            + KernelCostModel.TrafficSeconds(
                variant, request.Shape, request.Device, causal, variant.Footprint.ScoreBytes(headsPerSlice, rows, request.Shape.Keys))
            + (slices * request.Device.SliceSeconds);
        PolicyDecision decision = new()
        {
            Steps = slices,
            Axis = SliceAxisExtensions.Of(heads.Count > 1, tiles.Count > 1, cutsKeys: false),
            HeadsPerSlice = headsPerSlice,
            RowsPerSlice = rows,
            KeysPerSlice = KeyChunkRule.KeysOfBlock(variant, request.Shape.Keys, splits),
            KeySplits = splits,
            Iterations = slices,
            Modifier = 1,
            SafetyFactor = request.Options.SafetyFactor,
            RequiredBytes = request.WorkspaceBytes(variant, request.Shape.TotalHeads, request.Shape.Queries, splits),
        };
        (double ratio, bool measured) =
            request.Device.Measurements?.RatioOf(ShapeClass.Of(request.Shape, request.ElementType, request.Options.Causal), variant)
                ?? (1, false);
        return new(variant, decision, headsPerSlice, rows, slices, request.WorkspaceBytes(variant, headsPerSlice, rows, splits),
            seconds * ratio)
        {
            IsMeasured = measured,
        };
    }

    // All tiles of a slice have scores or partial results, and scratch as long as there are workers left to have it.
    private static long MostTiles(in PlanRequest request, KernelVariant variant, long allowed, int splits)
    {
        KernelFootprint footprint = variant.Footprint;
        int keys = request.Shape.Keys;
        long scores = footprint.BytesPerTile(keys, splits);
        long scratch = request.Device.Workers == 0 ? 0 : footprint.ScratchBytes(keys);
        long ofAllWorkers = request.Device.Workers * scratch;
        if (scores == 0 && allowed >= ofAllWorkers)
            return long.MaxValue;

        long withOwnScratch = allowed / (scores + (scratch * footprint.ScratchesPerTile(keys)));
        return scores == 0 ? withOwnScratch : Math.Max(withOwnScratch, (allowed - ofAllWorkers) / scores);
    }

    // 0 when it makes no difference: no scores, an unknown cache, or no more memory than cache.
    private static long TilesInCache(in PlanRequest request, KernelVariant variant, long allowed)
    {
        long scores = variant.Footprint.ScoreBytesPerTile(request.Shape.Keys);
        long cache = request.Device.CacheBytes;
        return scores == 0 || cache == 0 ? 0 : Math.Min(cache / scores, MostTiles(request, variant, allowed, splits: 1));
    }

    private static int MostRowTiles(KernelVariant variant, int tiles) =>
        variant.Family == KernelFamily.Streaming ? tiles : Math.Clamp(variant.SliceRows / variant.Footprint.TileRows, 1, tiles);
}
