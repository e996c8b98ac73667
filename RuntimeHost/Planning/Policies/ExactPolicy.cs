using KernelGen.Kernels;
using KernelGen.Tensors;

namespace KernelGen.Planning.Policies;

/// <summary>
/// The default: of all variants, and of all ways to slice each of them along heads and rows, the one with the least predicted time whose
/// exact footprint is within the budget divided by the safety factor.
/// </summary>
internal sealed class ExactPolicy() : SlicePolicy(
    SlicePolicies.Exact, "exact footprints within free / safety factor, least predicted time; heads and rows sliced evenly, no cap")
{
    /// <inheritdoc/>
    internal override bool Balances => true;

    /// <inheritdoc/>
    internal override bool TryPlan(in PlanRequest request, out PlanOutcome outcome)
    {
        outcome = default;
        long allowed = Allowed(request);
        bool any = false;
        foreach (KernelVariant variant in request.Variants.Span)
        {
            if (!request.Allows(variant))
                continue;

            any = true;
            if (ExactSearch.TryFit(request, variant, allowed, out PlanOutcome fit) && fit.IsBetterThan(outcome))
                outcome = fit;
        }

        return any && outcome.Variant is not null;
    }

    /// <inheritdoc/>
    internal override Exception Refusal(in PlanRequest request, in PlanOutcome outcome)
    {
        RequireVariant(request);
        PlanOutcome smallest = default;
        foreach (KernelVariant variant in request.Variants.Span)
        {
            if (!request.Allows(variant))
                continue;

            PlanOutcome tile = ExactSearch.Smallest(request, variant);
            if (smallest.Variant is null || tile.WorkspaceBytes < smallest.WorkspaceBytes)
                smallest = tile;
        }

        return Insufficient(request, smallest, LargestLengthSearch.Find(request, this));
    }

    /// <summary>
    /// The plan of a call is also that of the same call with any number of keys from its own to a larger one, but for what follows from the
    /// number: the same variant, in one slice.
    /// </summary>
    /// <remarks>
    /// So it is on a CPU where the kernel holds no scores. Its time is then a multiple of the keys and the cost of one slice; partial
    /// results take less than a multiple of the keys besides. No cut of another variant takes less than a multiple of the keys and one
    /// slice, so that what is slower at one number of keys is slower at every other. Kernels that take a limited number of keys drop out as
    /// keys grow, and none comes in. The workspace does not shrink as keys grow, so that what fits with the most keys fits with fewer. The
    /// plan for the most keys is made to see it.
    /// </remarks>
    /// <param name="request">What was planned.</param>
    /// <param name="plan">Its plan.</param>
    /// <param name="mostKeys">The larger number.</param>
    internal bool HoldsForMoreKeys(in PlanRequest request, SlicePlan plan, int mostKeys)
    {
        KernelVariant taken = plan.Variant;
        if (plan.Planner != this || plan.SliceCount != 1 || taken.Cpu is null || taken.MaximumKeys > 0 || request.Device.Workers == 0
            || request.Device.Measurements is not null || taken.Footprint.BytesPerScore > 0)
        {
            return false;
        }

        // Margin for roundings.
        double foldSeconds = KernelCostModel.MostFoldSeconds(taken, request.Shape, request.Device);
        double seconds = (ExactSearch.LeastTileSeconds(request, taken) + foldSeconds) * (1 + 1e-9);
        foreach (KernelVariant variant in request.Variants.Span)
        {
            if (!ReferenceEquals(variant, taken) && request.Allows(variant)
                && (variant.Cpu is null || ExactSearch.LeastTileSeconds(request, variant) <= seconds))
            {
                return false;
            }
        }

        AttentionShape shape = request.Shape;
        PlanRequest most =
            request with { Shape = new(shape.Batch, shape.Heads, shape.Queries, mostKeys, shape.HeadDim, shape.KeyValueHeads) };
        return TryPlan(most, out PlanOutcome outcome) && ReferenceEquals(outcome.Variant, taken) && outcome.SliceCount == 1;
    }

    /// <inheritdoc/>
    internal override PlanOutcome WholeCall(in PlanRequest request, KernelVariant variant) => ExactSearch.WholeCall(request, variant);

    /// <inheritdoc/>
    internal override IReadOnlyList<PlanCandidate> Candidates(SlicePlan plan)
    {
        PlanRequest request = plan.Request!.Value;
        long allowed = Allowed(request);
        List<PlanCandidate> candidates = new(request.Variants.Length);
        foreach (KernelVariant variant in request.Variants.Span)
            candidates.Add(Candidate(plan, request, variant, allowed));

        return candidates;
    }

    /// <inheritdoc/>
    internal override SlicePlan? NextAfterOutOfMemory(SlicePlan plan)
    {
        PlanRequest request = plan.Request!.Value;
        int tileRows = plan.Variant.Footprint.TileRows;
        if (!new SliceSize(plan.HeadsPerSlice, plan.RowsPerSlice).TryHalve(tileRows, out SliceSize smaller))
            return null;

        PlanOutcome outcome = ExactSearch.Outcome(
            request, plan.Variant, SliceGroups.BalancedSize(plan.Shape.TotalHeads, smaller.Heads),
            SliceGroups.BalancedSize(
                SliceGroups.CeilingDivide(plan.Shape.Queries, tileRows), SliceGroups.CeilingDivide(smaller.Rows, tileRows)),
            plan.KeySplits);
        return outcome.SliceCount > int.MaxValue ? null : PlanOf(request, outcome);
    }

    private static PlanCandidate Candidate(SlicePlan plan, in PlanRequest request, KernelVariant variant, long allowed)
    {
        if (request.ExclusionOf(variant) is { } exclusion)
            return new(variant, Taken: false, 0, 0, 0, 0, PredictedSeconds: null, exclusion);

        bool fits = ExactSearch.TryFit(request, variant, allowed, out PlanOutcome fit);
        if (ReferenceEquals(variant, plan.Variant))
        {
            string why = fit.SliceCount != plan.SliceCount ? "taken, cut smaller after an allocation failed"
                : plan.TimeIsMeasured ? "taken: fastest measured that fits"
                : "taken: fastest that fits";
            return new(
                variant, Taken: true, plan.HeadsPerSlice, plan.RowsPerSlice, plan.SliceCount, plan.WorkspaceBytes, plan.PredictedSeconds,
                why)
            {
                IsMeasured = plan.TimeIsMeasured,
            };
        }

        if (fits)
        {
            if (double.IsInfinity(fit.PredictedSeconds))
                return new(variant, Taken: false, 0, 0, 0, 0, PredictedSeconds: null, "could not be run when it was tuned");

            string measured = fit.IsMeasured ? "measured" : "fits";
            string why = fit.PredictedSeconds > plan.PredictedSeconds ? $"{measured}, slower" : $"{measured}, no faster and no smaller";
            return new(
                variant, Taken: false, fit.HeadsPerSlice, fit.RowsPerSlice, fit.SliceCount, fit.WorkspaceBytes, fit.PredictedSeconds, why)
            {
                IsMeasured = fit.IsMeasured,
            };
        }

        PlanOutcome tile = ExactSearch.Smallest(request, variant);
        return new(
            variant, Taken: false, tile.HeadsPerSlice, tile.RowsPerSlice, tile.SliceCount, tile.WorkspaceBytes, PredictedSeconds: null,
            $"needs {ByteSize.Text(tile.WorkspaceBytes)}, {ByteSize.Text(allowed)} allowed");
    }

    private static long Allowed(in PlanRequest request)
    {
        long usable = request.Budget.UsableBytes;
        return request.Options.SafetyFactor == 1 ? usable : Math.Min(usable, (long)(usable / request.Options.SafetyFactor));
    }

    private static AttentionMemoryException Insufficient(in PlanRequest request, in PlanOutcome smallest, int largest)
    {
        MemoryBudget budget = request.Budget;
        string source = string.IsNullOrEmpty(budget.Source) ? "" : $" ({budget.Source})";
        string tried =
            Invariant($"{smallest.Variant!.Id}, {smallest.SliceCount} {(smallest.SliceCount == 1 ? "slice" : "slices")} of ")
                + Invariant($"{smallest.HeadsPerSlice} head x {smallest.RowsPerSlice} rows");
        string advice = largest == 0
            ? "No length fits, not even one query."
            : Invariant($"The largest length that fits is {largest} queries x ")
                + Invariant($"{LargestLengthSearch.KeysFor(request.Shape, largest)} keys, the rest of the call as it is; it counts ")
                + "the memory that shorter tensors give back.";
        string sum = $" less {ByteSize.Text(budget.ReserveBytes)} reserve, divided by the safety factor "
            + Invariant($"{request.Options.SafetyFactor:0.####}");
        return new(
            $"Attention over {request.Shape} in {request.ElementType.ShortName()} does not fit. The smallest plan ({tried}) needs "
                + $"{ByteSize.Text(smallest.WorkspaceBytes)} of workspace. {ByteSize.Text(Allowed(request))} may be used: "
                + $"{ByteSize.Text(budget.FreeBytes)} free{source}{sum}. {advice} Free memory, lower the reserve, or shorten the call.")
        {
            Shape = request.Shape,
            ElementType = request.ElementType,
            Policy = SlicePolicies.Exact,
            NeededBytes = smallest.WorkspaceBytes,
            FreeBytes = budget.FreeBytes,
            ReserveBytes = budget.ReserveBytes,
            SafetyFactor = request.Options.SafetyFactor,
            PlanTried = tried,
            LargestLength = largest,
        };
    }
}
