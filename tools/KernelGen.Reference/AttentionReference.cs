using KernelGen.Execution;
using KernelGen.Tensors;

namespace KernelGen.Reference;

/// <summary>
/// Attention in float64 as the formula is written, <c>softmax(Q K^T * scale + mask) V</c>, row by row: slow, simple and independent of every kernel.
/// A key that is hidden, by causality or by the mask, takes no part at all.
/// </summary>
public static class AttentionReference
{
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
    /// <param name="row">The row.</param>
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
        TensorStrides keyStrides = options.KeyStrides ?? TensorStrides.Dense(options.Layout, shape.KeyValueHeads, shape.Keys, shape.HeadDim);
        TensorStrides valueStrides = options.ValueStrides ?? TensorStrides.Dense(options.Layout, shape.KeyValueHeads, shape.Keys, shape.HeadDim);
        long keyBase = (item * keyStrides.Batch) + (keyValueHead * keyStrides.Head);
        long valueBase = (item * valueStrides.Batch) + (keyValueHead * valueStrides.Head);

        // A call has its scale in fp32, the default one as well.
        double scale = options.Scale ?? 1 / MathF.Sqrt(shape.HeadDim);
        double[] queryRow = new double[shape.HeadDim];
        Widen(query.Slice((int)Offset(QueryStrides(shape, options), shape, head, row), shape.HeadDim), queryRow);
        double[] elements = new double[shape.HeadDim];
        (int Key, double Score)[] visible = new (int, double)[options.Causal == true ? Math.Min(shape.Keys, row + 1) : shape.Keys];
        int count = 0;
        double largest = double.NegativeInfinity;
        double magnitude = 0;
        for (int j = 0; j < visible.Length; j++)
        {
            double bias = Bias(options.Mask, shape, head, row, j);
            if (double.IsNegativeInfinity(bias))
                continue;

            Widen(key.Slice((int)(keyBase + (j * keyStrides.Row)), shape.HeadDim), elements);
            double score = (Dot(queryRow, elements) * scale) + bias;
            visible[count++] = (j, score);
            largest = Math.Max(largest, score);
            magnitude = double.IsInfinity(score) ? magnitude : Math.Max(magnitude, Math.Abs(score));
        }

        if (count == 0)
            return new(double.NegativeInfinity, magnitude);

        double sum = 0;
        foreach ((_, double score) in visible.AsSpan(0, count))
            sum += Math.Exp(score - largest);
        foreach ((int j, double score) in visible.AsSpan(0, count))
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

    // Negative infinity hides a key.
    private static double Bias(AttentionMask? mask, in AttentionShape shape, int head, int row, int key)
    {
        if (mask is null)
            return 0;
        MaskStrides strides = mask.StridesFor(shape);
        long index = (head / shape.Heads * strides.Batch) + (head % shape.Heads * strides.Head) + (row * strides.Query) + (key * strides.Key);
        if (mask.Kind == MaskKind.Boolean)
            return mask.Bytes[(int)index] != 0 ? 0 : double.NegativeInfinity;
        return BitConverter.ToSingle(mask.Bytes.Slice((int)index * sizeof(float), sizeof(float)));
    }
}
