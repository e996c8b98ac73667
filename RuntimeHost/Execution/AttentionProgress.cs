namespace KernelGen.Execution;

/// <summary>The progress of a call.</summary>
/// <param name="SlicesDone">Slices that are finished.</param>
/// <param name="SliceCount">Slices of the plan.</param>
public readonly record struct AttentionProgress(int SlicesDone, int SliceCount);
