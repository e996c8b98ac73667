namespace KernelGen.RuntimeHost.Tests.Reference;

/// <summary>What attention gives, in float64.</summary>
/// <param name="Output">Dense <c>[batch, heads, queries, headDim]</c>, whatever the strides of the call.</param>
/// <param name="LogSumExp">Natural, <c>[batch, heads, queries]</c>; negative infinity for a row that sees no key.</param>
/// <param name="Map">Probabilities, <c>[batch, heads, queries, keys]</c>.</param>
internal sealed record AttentionResult(double[] Output, double[] LogSumExp, double[] Map)
{
    /// <summary>The Frobenius norm of the difference over that of the reference.</summary>
    /// <param name="expected">The reference.</param>
    /// <param name="actual">What is measured against it.</param>
    public static double RelativeError(ReadOnlySpan<double> expected, ReadOnlySpan<float> actual)
    {
        double difference = 0, norm = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            difference += (actual[i] - expected[i]) * (actual[i] - expected[i]);
            norm += expected[i] * expected[i];
        }

        return norm == 0 ? Math.Sqrt(difference) : Math.Sqrt(difference / norm);
    }
}
