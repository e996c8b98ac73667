using KernelGen.Planning;

namespace KernelGen.Tuning;

/// <summary>The outcome of <see cref="AttentionHost.Warmup"/>.</summary>
/// <param name="Plan">What the call is planned as from now on; its kernel is ready.</param>
/// <param name="Timings">The variants that were timed, the fastest first; empty when nothing was.</param>
/// <param name="NotTuned">Why nothing was timed although it was asked for; null when it was, or was not asked for.</param>
public sealed record WarmupReport(SlicePlan Plan, IReadOnlyList<KernelTiming> Timings, string? NotTuned);
