using KernelGen.Kernels;

namespace KernelGen.Planning;

/// <summary>A variant that the planner considered, and what became of it.</summary>
/// <param name="Variant">The variant.</param>
/// <param name="Taken">It is the one of the plan.</param>
/// <param name="HeadsPerSlice">The most heads of a slice; 0 when the variant was left out before slicing.</param>
/// <param name="RowsPerSlice">The most query rows of a slice; 0 when the variant was left out before slicing.</param>
/// <param name="SliceCount">Slices.</param>
/// <param name="WorkspaceBytes">Workspace; for a variant that does not fit, of the smallest slice it can be cut to.</param>
/// <param name="PredictedSeconds">Predicted time; null when the variant was left out or does not fit.</param>
/// <param name="Verdict">Why it was taken or left.</param>
public sealed record PlanCandidate(
    KernelVariant Variant, bool Taken, int HeadsPerSlice, int RowsPerSlice, long SliceCount, long WorkspaceBytes, double? PredictedSeconds,
    string Verdict)
{
    /// <summary>The time comes from a measurement of the variant on this device, scaled to the call and its slices.</summary>
    public bool IsMeasured { get; init; }
}
