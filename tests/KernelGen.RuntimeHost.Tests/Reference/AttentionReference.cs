using KernelGen.Execution;
using KernelGen.Tensors;

namespace KernelGen.RuntimeHost.Tests.Reference;

/// <summary>Attention as the formula says it, one number after the other in float64.</summary>
internal static class AttentionReference
{
    /// <summary>A finite bias beyond it counts as the largest number of its sign; see <c>docs/reliability.md</c>.</summary>
    private const float LargestBias = 2.3e38f;

    /// <summary>Computes output, log-sum-exp and map. A key that is hidden, by causality or by the mask, takes no part at all.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="options">Scale, causal, mask, layout and strides.</param>
    /// <param name="query">Q, exactly as the kernel sees it.</param>
    /// <param name="key">K.</param>
    /// <param name="value">V.</param>
    public static AttentionResult Compute(
        in AttentionShape shape, AttentionOptions options, ReadOnlySpan<float> query, ReadOnlySpan<float> key, ReadOnlySpan<float> value)
    {
        TensorStrides queryStrides = options.QueryStrides ?? TensorStrides.Dense(options.Layout, shape.Heads, shape.Queries, shape.HeadDim);
        TensorStrides keyStrides = options.KeyStrides ?? TensorStrides.Dense(options.Layout, shape.KeyValueHeads, shape.Keys, shape.HeadDim);
        TensorStrides valueStrides = options.ValueStrides ?? TensorStrides.Dense(options.Layout, shape.KeyValueHeads, shape.Keys, shape.HeadDim);
        double scale = options.Scale ?? 1f / MathF.Sqrt(shape.HeadDim);
        int headsPerKeyValueHead = shape.Heads / shape.KeyValueHeads;

        double[] output = new double[shape.QueryElements];
        double[] logSumExp = new double[shape.TotalHeads * shape.Queries];
        double[] map = new double[shape.ScoreElements];
        double[] scores = new double[shape.Keys];
        for (int batch = 0; batch < shape.Batch; batch++)
        {
            for (int head = 0; head < shape.Heads; head++)
            {
                for (int row = 0; row < shape.Queries; row++)
                {
                    long outputRow = (((long)batch * shape.Heads) + head) * shape.Queries + row;
                    double maximum = double.NegativeInfinity;
                    bool[] visible = new bool[shape.Keys];
                    for (int j = 0; j < shape.Keys; j++)
                    {
                        (visible[j], double bias) = Mask(shape, options, batch, head, row, j);
                        double dot = 0;
                        for (int d = 0; d < shape.HeadDim; d++)
                        {
                            dot += (double)query[At(queryStrides, batch, head, row, d)] * key[At(keyStrides, batch, head / headsPerKeyValueHead, j, d)];
                        }

                        scores[j] = (dot * scale) + bias;
                        if (visible[j])
                        {
                            maximum = double.IsNaN(scores[j]) ? double.NaN : Math.Max(maximum, scores[j]);
                        }
                    }

                    double sum = 0;
                    for (int j = 0; j < shape.Keys; j++)
                    {
                        sum += visible[j] ? Math.Exp(scores[j] - maximum) : 0;
                    }

                    logSumExp[outputRow] = sum == 0 ? double.NegativeInfinity : maximum + Math.Log(sum);
                    for (int j = 0; j < shape.Keys; j++)
                    {
                        if (!visible[j])
                        {
                            continue;
                        }

                        double weight = Math.Exp(scores[j] - maximum) / sum;
                        map[(outputRow * shape.Keys) + j] = weight;
                        for (int d = 0; d < shape.HeadDim; d++)
                        {
                            output[(outputRow * shape.HeadDim) + d] += weight * value[At(valueStrides, batch, head / headsPerKeyValueHead, j, d)];
                        }
                    }
                }
            }
        }

        return new(output, logSumExp, map);
    }

    /// <summary>Where an element lies.</summary>
    public static int At(TensorStrides strides, int batch, int head, int row, int d) =>
        checked((int)((batch * strides.Batch) + (head * strides.Head) + (row * strides.Row) + d));

    private static (bool Visible, double Bias) Mask(in AttentionShape shape, AttentionOptions options, int batch, int head, int row, int key)
    {
        if (options.Causal == true && key > row)
        {
            return (false, 0);
        }

        if (options.Mask is not { } mask)
        {
            return (true, 0);
        }

        MaskStrides strides = mask.StridesFor(shape);
        int at = checked((int)((batch * strides.Batch) + (head * strides.Head) + (row * strides.Query) + (key * strides.Key)));
        if (mask.Kind == MaskKind.Boolean)
        {
            return (mask.Bytes[at] != 0, 0);
        }

        float bias = BitConverter.ToSingle(mask.Bytes.Slice(at * sizeof(float), sizeof(float)));
        return float.IsNegativeInfinity(bias) ? (false, 0) : (true, bias is < -LargestBias ? float.MinValue : bias is > LargestBias and < float.PositiveInfinity ? float.MaxValue : bias);
    }
}
