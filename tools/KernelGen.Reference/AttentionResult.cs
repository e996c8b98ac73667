namespace KernelGen.Reference;

/// <summary>The result of attention in float64.</summary>
/// <param name="Output">Dense <c>[batch, heads, queries, headDim]</c>, whatever the strides of the call.</param>
/// <param name="LogSumExp">Natural, <c>[batch, heads, queries]</c>; negative infinity for a row that sees no key.</param>
/// <param name="Map">Probabilities, <c>[batch, heads, queries, keys]</c>.</param>
public sealed record AttentionResult(double[] Output, double[] LogSumExp, double[] Map);
