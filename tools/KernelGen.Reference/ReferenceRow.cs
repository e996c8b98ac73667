namespace KernelGen.Reference;

/// <summary>The reference's facts about a row, besides its result.</summary>
/// <param name="LogSumExp">The natural log-sum-exp of its scores; negative infinity when it sees no key.</param>
/// <param name="LargestScore">
/// The largest magnitude of a score whose rounding in fp32 can show in the row; 0 when there is none. Left out are scores whose weight is
/// below 2^-64, and those of which fp32 keeps the bias alone: they are the same however the product was rounded.
/// </param>
public readonly record struct ReferenceRow(double LogSumExp, double LargestScore);
