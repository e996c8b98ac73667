using KernelGen.Execution;
using KernelGen.Tensors;

namespace KernelGen.Reference;

/// <summary>
/// Attention in float64 as the formula is written, <c>softmax(Q K^T * scale + mask) V</c>, for single rows: slow, simple and independent of every kernel.
/// </summary>
public static class AttentionReference
{
    /// <summary>Computes one row.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="query">Q.</param>
    /// <param name="key">K.</param>
    /// <param name="value">V.</param>
    /// <param name="options">Scale, mask, causality and strides.</param>
    /// <param name="head">The row's head, counted over batch * heads.</param>
    /// <param name="row">The row.</param>
    /// <param name="result">Receives the head dim's elements; zeros when the row sees no key.</param>
    public static ReferenceRow Row<T>(
        in AttentionShape shape, ReadOnlySpan<T> query, ReadOnlySpan<T> key, ReadOnlySpan<T> value, AttentionOptions options,
        int head, int row, Span<double> result)
        where T : unmanaged
    {
        int item = head / shape.Heads;
        int keyValueHead = head % shape.Heads / (shape.Heads / shape.KeyValueHeads);
        double scale = options.Scale ?? 1 / Math.Sqrt(shape.HeadDim);
        TensorStrides keyStrides = options.KeyStrides ?? TensorStrides.Dense(options.Layout, shape.KeyValueHeads, shape.Keys, shape.HeadDim);
        TensorStrides valueStrides = options.ValueStrides ?? TensorStrides.Dense(options.Layout, shape.KeyValueHeads, shape.Keys, shape.HeadDim);
        long keyBase = (item * keyStrides.Batch) + (keyValueHead * keyStrides.Head);
        long valueBase = (item * valueStrides.Batch) + (keyValueHead * valueStrides.Head);
        int keys = options.Causal == true ? Math.Min(shape.Keys, row + 1) : shape.Keys;

        double[] queryRow = new double[shape.HeadDim];
        Widen(query.Slice((int)Offset(QueryStrides(shape, options), shape, head, row), shape.HeadDim), queryRow);
        double[] scores = new double[keys];
        double[] elements = new double[shape.HeadDim];
        double largest = double.NegativeInfinity;
        double magnitude = 0;
        for (int j = 0; j < keys; j++)
        {
            Widen(key.Slice((int)(keyBase + (j * keyStrides.Row)), shape.HeadDim), elements);
            scores[j] = (Dot(queryRow, elements) * scale) + Bias(options.Mask, shape, head, row, j);
            largest = Math.Max(largest, scores[j]);
            magnitude = double.IsInfinity(scores[j]) ? magnitude : Math.Max(magnitude, Math.Abs(scores[j]));
        }

        result.Clear();
        if (double.IsNegativeInfinity(largest))
            return new(double.NegativeInfinity, magnitude);

        double sum = 0;
        for (int j = 0; j < keys; j++)
        {
            double weight = Math.Exp(scores[j] - largest);
            sum += weight;
            Widen(value.Slice((int)(valueBase + (j * valueStrides.Row)), shape.HeadDim), elements);
            for (int d = 0; d < elements.Length; d++)
                result[d] += weight * elements[d];
        }

        foreach (ref double element in result)
            element /= sum;
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
