using KernelGen.Planning;

namespace KernelGen.Execution;

/// <summary>The outcome of a run.</summary>
/// <param name="Plan">The plan that ran.</param>
/// <param name="Slices">Slices that ran.</param>
/// <param name="WorkspaceBytes">Workspace that was really taken, in bytes; equals the plan's.</param>
/// <param name="Elapsed">Wall time of the call.</param>
/// <param name="NonFiniteRows">Output rows that hold a NaN or an infinity; null when not asked for.</param>
public readonly record struct RunReport(SlicePlan Plan, int Slices, long WorkspaceBytes, TimeSpan Elapsed, long? NonFiniteRows);
