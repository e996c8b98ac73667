namespace KernelGen.Reference;

/// <summary>What the reference knows of a row besides its result.</summary>
/// <param name="LogSumExp">The natural log-sum-exp of its scores; negative infinity when it sees no key.</param>
/// <param name="LargestScore">The largest magnitude of a score that is not hidden; 0 when there is none.</param>
public readonly record struct ReferenceRow(double LogSumExp, double LargestScore);
