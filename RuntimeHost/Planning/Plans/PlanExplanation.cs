using System.Text;
using KernelGen.Tensors;

namespace KernelGen.Planning;

/// <summary>Writes <see cref="SlicePlan.Explain"/>.</summary>
internal static class PlanExplanation
{
    private const int Width = 120;

    /// <summary>A paragraph on the plan, then a table of the variants.</summary>
    public static string Text(SlicePlan plan)
    {
        StringBuilder text = new();
        Wrap(text, "Plan:     ", $"{plan.Shape}, {plan.ElementType.ShortName()}, policy {plan.Policy}");
        Wrap(text, "Budget:   ", BudgetText(plan));
        Wrap(text, "Decision: ", DecisionText(plan));
        if (plan.KeyChunks > 1)
            Wrap(text, "Chunks:   ", ChunkText(plan));

        Wrap(text, "Taken:    ", TakenText(plan));
        if (OccupancyText(plan) is { } occupancy)
            Wrap(text, "Blocks:   ", occupancy);
        if (plan is { Specialization.GeneralMasks: true, Variant.Cuda: not null })
            Wrap(text, "Masks:    ", "general: compiled with the code for Boolean and additive masks, which calls without one do not run");

        if (plan.VariantForUnalignedTensors is { } other)
        {
            Wrap(text, "Else:     ",
                $"{other.Id}, where addresses or strides of {(plan.Variant.MapsOutput ? "Q, K, V or the output" : "Q, K or V")} are not "
                    + "multiples of 16 bytes");
        }

        IReadOnlyList<PlanCandidate> candidates = plan.Candidates;
        if (candidates.Any(candidate => candidate.IsMeasured))
            Wrap(text, "Times:    ", TimesText(candidates));

        if (plan.Request is { } request && ExperimentalAdvice.Of(request.Variants.Span, request.Device) is { } switchedOff)
            Wrap(text, "Off:      ", switchedOff);

        text.Append('\n');
        Table(text, candidates);
        return text.ToString();
    }

    private static string BudgetText(SlicePlan plan)
    {
        MemoryBudget budget = plan.Budget;
        string source = string.IsNullOrEmpty(budget.Source) ? "" : $" ({budget.Source})";
        return $"{ByteSize.Text(budget.FreeBytes)} free{source}, {ByteSize.Text(budget.ReserveBytes)} reserve, safety factor "
            + Invariant($"{plan.Decision.SafetyFactor:0.####}");
    }

    private static string DecisionText(SlicePlan plan)
    {
        PolicyDecision decision = plan.Decision;
        string cut = decision.Axis == SliceAxis.None ? "not sliced" : $"slices along {decision.Axis.Name()}";
        return $"{cut}: {Count(decision.Steps, "step")}, {Count(decision.Iterations, "iteration")} of "
            + $"{Count(decision.HeadsPerSlice, "head")} x {Count(decision.RowsPerSlice, "row")} x {Count(decision.KeysPerSlice, "key")}; "
            + Invariant($"unsliced it counts {ByteSize.Text(decision.RequiredBytes)} (modifier {decision.Modifier:0.####})");
    }

    private static string TakenText(SlicePlan plan)
    {
        string text = plan.ToString();
        return plan.FitsBudget
            ? text
            : $"{text}; EXCEEDS the budget by {ByteSize.Text(plan.WorkspaceBytes - plan.Budget.UsableBytes)}: the preset counts less "
                + "than its slices take here";
    }

    private static string ChunkText(SlicePlan plan)
    {
        string chunks =
            Invariant($"{plan.KeyChunks} of {Count(plan.Variant.Footprint.ChunkKeys, "key")}, whose results are folded in the ")
                + "order of the keys";
        if (plan.Variant.Footprint.ChunksApart)
            return $"{chunks}, by the worker that ends the last of them: workers share rows, a chunk each, and the workspace has a partial "
                + "result for each";

        if (plan.KeySplits == 1)
            return $"{chunks}, by the block that goes over them: the workspace has one partial result of each row";

        long tiles = plan.Variant.Footprint.Tiles(plan.Shape.TotalHeads, plan.Shape.Queries);
        string idle = plan.Request is { } request
            ? Invariant($": {Count(tiles, "tile")} of query rows would leave {request.Device.ParallelTiles - tiles} of ")
                + $"{Count(request.Device.ParallelTiles, "multiprocessor")} idle"
            : "";
        return $"{chunks}, by a launch of its own: blocks share rows, a chunk each, and the workspace has a partial result for each{idle}";
    }

    // How many tiles share a multiprocessor, and how often the GPU is filled with them.
    private static string? OccupancyText(SlicePlan plan)
    {
        if (plan.Request is not { } request)
            return null;

        TileOccupancy occupancy = TileOccupancy.Of(plan.Variant, request.Device);
        long tiles = plan.Variant.Footprint.Tiles(plan.HeadsPerSlice, plan.RowsPerSlice) * plan.KeySplits;
        if (occupancy.Warps == 0 || tiles == 0)
            return null;

        int most = occupancy.ResidentTiles;
        string source = request.Device.LoadedBlocks?.BlocksOf(plan.Variant) is null ? "as its launch bounds promise" : "as it was compiled";
        string each =
            $"each of {Count(occupancy.Workers, "multiprocessor")} runs {Count(most, "block")} of {Count(occupancy.Warps, "warp")} at "
                + $"once, {source}";
        (long full, long rest) = Math.DivRem(tiles, occupancy.TilesAtOnce);
        long waves = full + (rest > 0 ? 1 : 0);
        string last = rest == 0 ? "" : full
            == 0 ? $", {Percent(rest, occupancy.TilesAtOnce)} full" : $", the last of them {Percent(rest, occupancy.TilesAtOnce)} full";
        string few = most * occupancy.Warps < TileOccupancy.WarpsOfFullSpeed
            ? Invariant($"; fewer than {TileOccupancy.WarpsOfFullSpeed} warps keep a multiprocessor waiting")
            : "";
        return $"{each}; the {Count(tiles, "tile")} of a slice are {Count(waves, "wave")} of "
            + Invariant($"{occupancy.TilesAtOnce}{last}{few}");
    }

    private static string Percent(long part, long whole) => Invariant($"{100 * part / whole} %");

    private static string TimesText(IReadOnlyList<PlanCandidate> candidates)
    {
        string rest =
            candidates.Any(candidate => candidate is { IsMeasured: false, PredictedSeconds: not null }) ? "; the others are predicted" : "";
        return $"measured on this device for {Count(candidates.Count(candidate => candidate.IsMeasured), "kernel")}, on a call of this "
            + $"kind{rest}";
    }

    private static string Count(long count, string noun) => Invariant($"{count} {noun}{(count == 1 ? "" : "s")}");

    private static void Table(StringBuilder text, IReadOnlyList<PlanCandidate> candidates)
    {
        int idWidth = Math.Clamp(candidates.Max(candidate => candidate.Variant.Id.Length), 7, 44);
        Row(text, idWidth, false, "variant", "heads x rows", "slices", "workspace", candidates.Any(candidate => candidate.IsMeasured)
            ? "time"
            : "predicted", "why");
        Row(text, idWidth, false, new string('-', idWidth), "----------------", "--------", "---------", "---------",
            "--------------------------");
        foreach (PlanCandidate candidate in candidates)
        {
            bool sliced = candidate.HeadsPerSlice > 0;
            Row(
                text, idWidth, candidate.Taken, candidate.Variant.Id,
                sliced ? Invariant($"{candidate.HeadsPerSlice} x {candidate.RowsPerSlice}") : "-",
                sliced ? Invariant($"{candidate.SliceCount}") : "-",
                sliced ? ByteSize.Text(candidate.WorkspaceBytes) : "-",
                candidate.PredictedSeconds is { } seconds ? ByteSize.Time(seconds) : "-",
                candidate.Verdict);
        }
    }

    private static void Row(
        StringBuilder text, int idWidth, bool taken, string id, string slice, string slices, string workspace, string predicted, string why)
    {
        string begin =
            $"{(taken ? "> " : "  ")}{id.PadRight(idWidth)}  {slice.PadLeft(16)}  {slices.PadLeft(8)}  {workspace.PadLeft(9)}  "
                + $"{predicted.PadLeft(9)}  ";
        Wrap(text, begin, why);
    }

    // Continuation lines are indented by the length of the label, so that a long reason stays in its column.
    private static void Wrap(StringBuilder text, string label, string content)
    {
        int room = Math.Max(Width - label.Length, 20);
        text.Append(label);
        int column = 0;
        foreach (string word in content.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (column > 0 && column + 1 + word.Length > room)
            {
                text.Append('\n').Append(' ', label.Length);
                column = 0;
            }

            if (column > 0)
            {
                text.Append(' ');
                column++;
            }

            text.Append(word);
            column += word.Length;
        }

        text.Append('\n');
    }
}
