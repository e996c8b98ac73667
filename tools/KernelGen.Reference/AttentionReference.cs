using KernelGen.Execution;
using KernelGen.Tensors;

namespace KernelGen.Reference;

/// <summary>
/// Attention in float64 as the formula is written, <c>softmax(Q K^T * scale + mask) V</c>, row by row: slow, simple and independent of
/// every kernel. A key that is hidden, by causality or by the mask, takes no part at all. What numbers at the edges give is written in
/// <c>docs/reliability.md</c>.
/// </summary>
public static class AttentionReference
{
    private const double Log2E = 1.4426950408889634;

    /// <summary>A finite bias beyond it counts as the largest number of its sign.</summary>
    private const double LargestBias = 2.3e38f;

    /// <summary>The distance from a row's largest score at which a key has no weight that could show: 2^-64.</summary>
    private const double Negligible = 44;

    /// <summary>Computes all rows.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="options">Scale, mask, causality and strides.</param>
    /// <param name="query">Q, exactly as the kernel sees it.</param>
    /// <param name="key">K.</param>
    /// <param name="value">V.</param>
    public static AttentionResult Compute<T>(
        in AttentionShape shape, AttentionOptions options, ReadOnlySpan<T> query, ReadOnlySpan<T> key, ReadOnlySpan<T> value)
        where T : unmanaged
    {
        double[] output = new double[shape.QueryElements];
        double[] logSumExp = new double[shape.TotalHeads * shape.Queries];
        double[] map = new double[shape.ScoreElements];
        for (int head = 0; head < shape.TotalHeads; head++)
        {
            for (int row = 0; row < shape.Queries; row++)
            {
                int index = (head * shape.Queries) + row;
                Span<double> result = output.AsSpan(index * shape.HeadDim, shape.HeadDim);
                Span<double> weights = map.AsSpan(index * shape.Keys, shape.Keys);
                logSumExp[index] = Row(shape, query, key, value, options, head, row, result, weights).LogSumExp;
            }
        }

        return new(output, logSumExp, map);
    }

    /// <summary>Computes one row.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="query">Q.</param>
    /// <param name="key">K.</param>
    /// <param name="value">V.</param>
    /// <param name="options">Scale, mask, causality and strides.</param>
    /// <param name="head">The row's head, counted over batch * heads.</param>
    /// <param name="result">Receives the head dim's elements; zeros when the row sees no key.</param>
    /// <param name="weights">Receives the probabilities of the keys; empty when they are not wanted.</param>
    public static ReferenceRow Row<T>(
        in AttentionShape shape, ReadOnlySpan<T> query, ReadOnlySpan<T> key, ReadOnlySpan<T> value, AttentionOptions options,
        int head, int row, Span<double> result, Span<double> weights = default)
        where T : unmanaged
    {
        result.Clear();
        weights.Clear();
        int item = head / shape.Heads;
        int keyValueHead = head % shape.Heads / (shape.Heads / shape.KeyValueHeads);
        TensorStrides keyStrides =
            options.KeyStrides ?? TensorStrides.Dense(options.Layout, shape.KeyValueHeads, shape.Keys, shape.HeadDim);
        TensorStrides valueStrides =
            options.ValueStrides ?? TensorStrides.Dense(options.Layout, shape.KeyValueHeads, shape.Keys, shape.HeadDim);
        long keyBase = (item * keyStrides.Batch) + (keyValueHead * keyStrides.Head);
        long valueBase = (item * valueStrides.Batch) + (keyValueHead * valueStrides.Head);

        // A call has its scale in fp32, the default one as well.
        double scale = options.Scale ?? 1 / MathF.Sqrt(shape.HeadDim);
        double[] queryRow = new double[shape.HeadDim];
        Widen(query.Slice((int)Offset(QueryStrides(shape, options), shape, head, row), shape.HeadDim), queryRow);
        double[] elements = new double[shape.HeadDim];
        (int Key, double Score, bool IsBias)[] visible =
            new (int, double, bool)[options.Causal == true ? Math.Min(shape.Keys, row + 1) : shape.Keys];
        int count = 0;
        double largest = double.NegativeInfinity;
        for (int j = 0; j < visible.Length; j++)
        {
            double bias = Bias(options.Mask, shape, head, row, j);
            if (double.IsNegativeInfinity(bias))
                continue;

            Widen(key.Slice((int)(keyBase + (j * keyStrides.Row)), shape.HeadDim), elements);
            double product = Dot(queryRow, elements) * scale;
            bool lost = IsLost(product, bias);
            double score = lost ? bias : product + bias;
            visible[count++] = (j, score, lost);
            largest = Math.Max(largest, score);
        }

        if (double.IsNegativeInfinity(largest))
            return new(double.NegativeInfinity, 0);

        double sum = 0;
        double magnitude = 0;
        foreach ((_, double score, bool lost) in visible.AsSpan(0, count))
        {
            sum += Math.Exp(score - largest);
            if (!lost && double.IsFinite(score) && score >= largest - Negligible)
                magnitude = Math.Max(magnitude, Math.Abs(score));
        }

        foreach ((int j, double score, _) in visible.AsSpan(0, count))
        {
            double weight = Math.Exp(score - largest) / sum;
            if (!weights.IsEmpty)
                weights[j] = weight;
            Widen(value.Slice((int)(valueBase + (j * valueStrides.Row)), shape.HeadDim), elements);
            for (int d = 0; d < elements.Length; d++)
                result[d] += weight * elements[d];
        }

        return new(largest + Math.Log(sum), magnitude);
    }

    /// <summary>The strides of the queries under some options.</summary>
    public static TensorStrides QueryStrides(in AttentionShape shape, AttentionOptions options) =>
        options.QueryStrides ?? TensorStrides.Dense(options.Layout, shape.Heads, shape.Queries, shape.HeadDim);

    /// <summary>The strides of the output under some options.</summary>
    public static TensorStrides OutputStrides(in AttentionShape shape, AttentionOptions options) =>
        options.OutputStrides ?? TensorStrides.Dense(options.Layout, shape.Heads, shape.Queries, shape.HeadDim);

    /// <summary>The first element of a query or output row.</summary>
    public static long Offset(TensorStrides strides, in AttentionShape shape, int head, int row) =>
        (head / shape.Heads * strides.Batch) + (head % shape.Heads * strides.Head) + (row * strides.Row);

    /// <summary>Converts a row to float64, exactly.</summary>
    public static void Widen<T>(ReadOnlySpan<T> source, Span<double> target)
        where T : unmanaged
    {
        for (int i = 0; i < source.Length; i++)
        {
            T element = source[i];
            target[i] = element switch
            {
                Half half => (double)half,
                BFloat16 bfloat => (float)bfloat,
                float single => single,
                _ => throw new NotSupportedException($"{typeof(T)} is not an element type of attention."),
            };
        }
    }

    private static double Dot(ReadOnlySpan<double> left, ReadOnlySpan<double> right)
    {
        double sum = 0;
        for (int i = 0; i < left.Length; i++)
            sum += left[i] * right[i];
        return sum;
    }

    // In fp32, in which scores are kept, nothing is left of a product beside a bias whose last bit is worth more.
    private static bool IsLost(double product, double bias)
    {
        float power = (float)Math.Min(Math.Abs(bias) * Log2E, float.MaxValue);
        return double.IsFinite(bias) && (MathF.BitIncrement(power) - power) / 2 > 2 * Math.Abs(product) * Log2E;
    }

    // Negative infinity hides a key.
    private static double Bias(AttentionMask? mask, in AttentionShape shape, int head, int row, int key)
    {
        if (mask is null)
            return 0;
        MaskStrides strides = mask.StridesFor(shape);
        long index =
            (head / shape.Heads * strides.Batch) + (head % shape.Heads * strides.Head) + (row * strides.Query) + (key * strides.Key);
        if (mask.Kind == MaskKind.Boolean)
            return mask.Bytes[(int)index] != 0 ? 0 : double.NegativeInfinity;
        float bias = BitConverter.ToSingle(mask.Bytes.Slice((int)index * sizeof(float), sizeof(float)));
        return Math.Abs(bias) > LargestBias && float.IsFinite(bias) ? Math.CopySign(float.MaxValue, bias) : bias;
    }
}
