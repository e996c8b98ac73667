using KernelGen.Kernels;

namespace KernelGen.Planning;

/// <summary>A plan in the making: what the search for lengths and the explanation need of one, without allocating it.</summary>
/// <param name="Variant">The variant; null when none fits.</param>
/// <param name="Decision">The decision.</param>
/// <param name="HeadsPerSlice">The most heads of a slice.</param>
/// <param name="RowsPerSlice">The most query rows of a slice.</param>
/// <param name="SliceCount">Slices.</param>
/// <param name="WorkspaceBytes">Workspace of the largest slice.</param>
/// <param name="PredictedSeconds">Predicted time, or measured and scaled to the call.</param>
internal readonly record struct PlanOutcome(
    KernelVariant? Variant, PolicyDecision Decision, int HeadsPerSlice, int RowsPerSlice, long SliceCount, long WorkspaceBytes,
    double PredictedSeconds)
{
    /// <summary>The time comes from a measurement of the variant on this device.</summary>
    public bool IsMeasured { get; init; }

    /// <summary>Comes before another outcome: faster, else smaller, else first by id.</summary>
    public bool IsBetterThan(in PlanOutcome other)
    {
        if (Variant is null || other.Variant is null)
            return Variant is not null;

        int order = PredictedSeconds.CompareTo(other.PredictedSeconds);
        if (order == 0)
            order = WorkspaceBytes.CompareTo(other.WorkspaceBytes);

        return order == 0 ? string.CompareOrdinal(Variant.Id, other.Variant.Id) < 0 : order < 0;
    }
}
