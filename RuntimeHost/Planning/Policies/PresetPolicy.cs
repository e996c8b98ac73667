using KernelGen.Kernels;
using KernelGen.Tensors;

namespace KernelGen.Planning.Policies;

/// <summary>
/// A policy that reproduces an existing system: it decides from numbers alone, then a variant is looked up for its decision.
/// </summary>
public abstract class PresetPolicy : SlicePolicy
{
    private protected PresetPolicy(string name, string summary)
        : base(name, summary)
    {
    }

    /// <inheritdoc/>
    internal sealed override bool Balances => false;

    /// <summary>
    /// Decides as the original does. Allocates nothing and never throws: <see cref="PolicyDecision.Failure"/> says when there is no plan.
    /// </summary>
    /// <param name="input">The numbers. With no queries or no keys there is nothing to decide; the planner does not ask then.</param>
    public abstract PolicyDecision Decide(in PolicyInput input);

    /// <inheritdoc/>
    internal sealed override bool TryPlan(in PlanRequest request, out PlanOutcome outcome) =>
        TryPlan(request, DecideOrWhole(InputOf(request)), out outcome);

    /// <inheritdoc/>
    internal sealed override Exception Refusal(in PlanRequest request, in PlanOutcome outcome)
    {
        RequireVariant(request);
        PolicyInput input = InputOf(request);
        PolicyDecision decision = outcome.Decision;
        return decision.Failure switch
        {
            PolicyFailure.TooManySteps => TooManySteps(request, decision),
            PolicyFailure.ZeroRows => Crash(
                decision,
                Invariant($"cuts {input.Queries} query rows into {decision.Steps} steps, which leaves no row ")
                    + "for a step; the original fails here with a range step of zero"),
            PolicyFailure.ZeroHeads => Crash(
                decision,
                Invariant($"gives a slice half of {input.Heads} heads, which is none; the original fails here with a division by ")
                    + "zero"),
            PolicyFailure.MoreThanAllHeads => Crash(
                decision,
                Invariant($"was asked for {decision.HeadsPerSlice} heads a slice; the original refuses more than the ")
                    + Invariant($"{input.Heads} heads of the model")),
            PolicyFailure.NoFreeMemory =>
                Crash(decision, "divides by the free memory, which is 0; the original fails here with a division by zero"),
            _ when outcome.SliceCount > int.MaxValue => Crash(
                decision, Invariant($"makes {outcome.SliceCount} slices, more than 2^31 - 1")),
            _ => NoMatchingVariantException.Create(request, WantedFamily(request, decision, input)),
        };
    }

    /// <inheritdoc/>
    internal sealed override IReadOnlyList<PlanCandidate> Candidates(SlicePlan plan)
    {
        PlanRequest request = plan.Request!.Value;
        PolicyDecision decision = plan.Decision;
        KernelFamily wanted = plan.Variant.Family;
        List<PlanCandidate> candidates = new(request.Variants.Length);
        foreach (KernelVariant variant in request.Variants.Span)
        {
            string? exclusion = request.ExclusionOf(variant) ?? (variant.Family == wanted ? null : "not the original's family");
            if (exclusion is not null)
            {
                candidates.Add(new(variant, Taken: false, 0, 0, 0, 0, PredictedSeconds: null, exclusion));
                continue;
            }

            PlanOutcome outcome = Outcome(request, variant, decision);
            bool taken = ReferenceEquals(variant, plan.Variant);
            candidates.Add(new(
                variant, taken, outcome.HeadsPerSlice, outcome.RowsPerSlice, outcome.SliceCount, outcome.WorkspaceBytes,
                outcome.PredictedSeconds,
                Verdict(variant, taken, outcome.RowsPerSlice, plan)));
        }

        return candidates;
    }

    /// <summary>Maps a decision to the variant that serves it best.</summary>
    private protected static bool TryPlan(in PlanRequest request, in PolicyDecision decision, out PlanOutcome outcome)
    {
        outcome = new(null, decision, 0, 0, 0, 0, 0);
        if (decision.Failure != PolicyFailure.None)
            return false;

        KernelFamily wanted = WantedFamily(request, decision, InputOf(request));
        bool found = false;
        foreach (KernelVariant variant in request.Variants.Span)
        {
            if (variant.Family != wanted || !request.Allows(variant))
                continue;

            PlanOutcome candidate = Outcome(request, variant, decision);
            if (!found || IsBetter(candidate, outcome))
                outcome = candidate;

            found = true;
        }

        return found && outcome.SliceCount <= int.MaxValue;
    }

    /// <summary>A decision from slice sizes, which are first limited to the sizes of the call.</summary>
    private protected static PolicyDecision Slices(
        in PolicyInput input, long steps, int heads, int rows, int keys, double modifier, double safetyFactor, Int128 required)
    {
        heads = Math.Min(heads, input.TotalHeads);
        rows = Math.Min(rows, input.Queries);
        keys = Math.Min(keys, input.Keys);
        long headGroups = SliceGroups.CeilingDivide(input.TotalHeads, heads);
        long rowGroups = SliceGroups.CeilingDivide(input.Queries, rows);
        long keyGroups = SliceGroups.CeilingDivide(input.Keys, keys);
        return new()
        {
            Steps = steps,
            Axis = SliceAxisExtensions.Of(headGroups > 1, rowGroups > 1, keyGroups > 1),
            HeadsPerSlice = heads,
            RowsPerSlice = rows,
            KeysPerSlice = keys,
            KeySplits = 1,
            Iterations = headGroups * rowGroups * keyGroups,
            Modifier = modifier,
            SafetyFactor = safetyFactor,
            RequiredBytes = Saturate(required),
        };
    }

    /// <summary>No plan.</summary>
    private protected static PolicyDecision Fail(
        PolicyFailure failure, long steps, double modifier, double safetyFactor, Int128 required) => new()
    {
        Failure = failure,
        Steps = steps,
        Modifier = modifier,
        SafetyFactor = safetyFactor,
        RequiredBytes = Saturate(required),
    };

    /// <summary>The numbers of a request.</summary>
    private protected static PolicyInput InputOf(in PlanRequest request)
    {
        AttentionShape shape = request.Shape;
        return new(
            shape.TotalHeads, shape.Heads, shape.Queries, shape.Keys, shape.HeadDim, request.ElementType.SizeInBytes(),
            request.Budget.UsableBytes,
            request.Device.TotalMemoryBytes);
    }

    private static long Saturate(Int128 bytes) => (long)Int128.Min(bytes, long.MaxValue);

    // Without queries or keys there are no scores: nothing to slice, and nothing for an original to crash on.
    private PolicyDecision DecideOrWhole(in PolicyInput input) =>
        input.Queries == 0 || input.Keys == 0
            ? new()
            {
                Steps = Math.Min(input.Queries, 1),
                HeadsPerSlice = input.Queries == 0 ? 0 : input.TotalHeads,
                RowsPerSlice = input.Queries,
                KeysPerSlice = input.Keys,
                KeySplits = 1,
                Iterations = Math.Min(input.Queries, 1),
                Modifier = 1,
                SafetyFactor = 1,
            }
            : Decide(input);

    // Only a streaming kernel never holds all keys of a row. Everything else is computed as the original did: scores of the slice in
    // memory.
    private static KernelFamily WantedFamily(in PlanRequest request, in PolicyDecision decision, in PolicyInput input)
    {
        if (request.Options.Family is { } family)
            return family;

        return decision.KeysPerSlice < input.Keys && !request.Options.CaptureMap ? KernelFamily.Streaming : KernelFamily.Materialized;
    }

    private static PlanOutcome Outcome(in PlanRequest request, KernelVariant variant, in PolicyDecision decision)
    {
        AttentionShape shape = request.Shape;
        int tileRows = variant.Footprint.TileRows;
        SliceGroups heads = SliceGroups.Ragged(shape.TotalHeads, decision.HeadsPerSlice);
        SliceGroups rows = SliceGroups.Ragged(shape.Queries, decision.RowsPerSlice);
        SliceGroups tiles = rows with
        {
            Large = SliceGroups.CeilingDivide(rows.Large, tileRows),
            Small = SliceGroups.CeilingDivide(rows.Small, tileRows),
        };
        long slices = (long)heads.Count * rows.Count;
        bool causal = request.Options.Causal;
        double seconds =
            (TileOccupancy.Of(variant, request.Device)
                .Busy(heads, tiles) * KernelCostModel.TileSeconds(variant, shape, request.Device, causal))
            + KernelCostModel.TrafficSeconds(
                variant, shape, request.Device, causal,
                variant.Footprint.ScoreBytes(decision.HeadsPerSlice, decision.RowsPerSlice, shape.Keys))
            + (slices * request.Device.SliceSeconds);
        return new(
            variant, decision, decision.HeadsPerSlice, decision.RowsPerSlice, slices,
            request.WorkspaceBytes(variant, decision.HeadsPerSlice, decision.RowsPerSlice, keySplits: 1), seconds);
    }

    // The smallest slice size that holds the rows, else the largest there is. For streaming the slice size is only that of a tile, so time
    // decides.
    private static bool IsBetter(in PlanOutcome candidate, in PlanOutcome other)
    {
        KernelVariant variant = candidate.Variant!;
        if (variant.Family == KernelFamily.Streaming || variant.SliceRows == other.Variant!.SliceRows)
            return candidate.IsBetterThan(other);

        bool holds = variant.SliceRows >= candidate.RowsPerSlice;
        bool otherHolds = other.Variant.SliceRows >= candidate.RowsPerSlice;
        return holds == otherHolds ? holds == (variant.SliceRows < other.Variant.SliceRows) : holds;
    }

    private static string Verdict(KernelVariant variant, bool taken, int rows, SlicePlan plan)
    {
        if (variant.Family == KernelFamily.Streaming)
            return taken ? "taken: never holds all keys" : "not faster";

        bool holds = variant.SliceRows >= rows;
        if (taken)
        {
            return holds
                ? Invariant($"taken: smallest to hold {rows} rows")
                : Invariant($"taken: largest; {rows} rows take ")
                    + Invariant($"{SliceGroups.CeilingDivide(rows, variant.SliceRows)} passes");
        }

        if (variant.SliceRows == plan.Variant.SliceRows)
            return "same slice size, not faster";

        return variant.SliceRows < plan.Variant.SliceRows ? "slice size too small" : "larger slice size than needed";
    }

    private SlicePolicyException Crash(in PolicyDecision decision, string what) =>
        new(Name, decision.Failure,
            $"The policy {Name} {what}. Use the policy exact, which has no such case, or change the budget or the setting.");

    // The original's text to the letter, with its hint for a square picture of Stable Diffusion 1.x in fp32, whatever was asked.
    // LargestLength is the true answer.
    private AttentionMemoryException TooManySteps(in PlanRequest request, in PolicyDecision decision)
    {
        long free = request.Budget.UsableBytes;
        long resolution = (long)Math.Floor(Math.Sqrt(Math.Sqrt(free / 2.5)) / 8) * 64;
        string message = Invariant($"Not enough memory, use lower resolution (max approx. {resolution}x{resolution}). Need: ")
            + Invariant($"{Gibibytes(decision.RequiredBytes, 64)}GB free, Have:{Gibibytes(free, 1)}GB free");
        return new(message)
        {
            Shape = request.Shape,
            ElementType = request.ElementType,
            Policy = Name,
            NeededBytes = (long)(((Int128)decision.RequiredBytes + 63) / 64),
            FreeBytes = request.Budget.FreeBytes,
            ReserveBytes = request.Budget.ReserveBytes,
            SafetyFactor = decision.SafetyFactor,
            PlanTried = Invariant($"{decision.Steps} steps, 64 allowed"),
            LargestLength = LargestLengthSearch.Find(request, this),
        };
    }

    // One decimal, halves to even: what Python's format does with these values, which binary floating point holds exactly.
    private static string Gibibytes(long bytes, int divisor)
    {
        Int128 unit = (Int128)divisor << 30;
        (Int128 tenths, Int128 rest) = Int128.DivRem((Int128)bytes * 10, unit);
        if (rest * 2 > unit || (rest * 2 == unit && Int128.IsOddInteger(tenths)))
            tenths++;

        return Invariant($"{tenths / 10}.{tenths % 10}");
    }
}
