using KernelGen.Kernels;

namespace KernelGen.Tuning;

/// <summary>A variant that <see cref="AttentionHost.Warmup"/> timed.</summary>
/// <param name="Variant">The variant.</param>
/// <param name="Predicted">What the cost model predicts for what ran.</param>
/// <param name="Measured">The median time of a call; null when it could not be run.</param>
/// <param name="Fault">Why it could not be run; null when it could.</param>
public sealed record KernelTiming(KernelVariant Variant, TimeSpan Predicted, TimeSpan? Measured, string? Fault);
