using KernelGen.Execution;
using KernelGen.Tensors;

namespace KernelGen.Reference;

/// <summary>Some rows of a call in float64, computed once and compared with the output of several kernels.</summary>
public sealed class SampledReference
{
    private const double MultiplyAdds = 2e8;
    private const int FewestRows = 8;
    private const int MostRows = 64;

    private readonly (int Head, int Row, double[] Expected)[] _rows;

    private SampledReference((int Head, int Row, double[] Expected)[] rows) => _rows = rows;

    /// <summary>
    /// Computes rows spread over all heads and over the length, the first and the last among them; fewer where a row is much work.
    /// </summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="query">Q, dense <c>[B, H, L, D]</c>.</param>
    /// <param name="key">K.</param>
    /// <param name="value">V.</param>
    /// <param name="options">The options of the call.</param>
    public static SampledReference Compute<T>(AttentionShape shape, T[] query, T[] key, T[] value, AttentionOptions options)
        where T : unmanaged
    {
        long all = (long)shape.TotalHeads * shape.Queries;
        int count = (int)Math.Min(all, Math.Clamp((long)(MultiplyAdds / (2.0 * shape.Keys * shape.HeadDim)), FewestRows, MostRows));
        (int, int, double[])[] rows = new (int, int, double[])[count];
        Parallel.For(0, count, i =>
        {
            long index = count == 1 ? 0 : (long)((Int128)(all - 1) * i / (count - 1));
            (int head, int row) = ((int)(index / shape.Queries), (int)(index % shape.Queries));
            double[] expected = new double[shape.HeadDim];
            AttentionReference.Row<T>(shape, query, key, value, options, head, row, expected);
            rows[i] = (head, row, expected);
        });
        return new(rows);
    }

    /// <summary>Frobenius norm of the difference by that of the reference, over the sampled rows; NaN when an element is NaN.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="output">A dense output.</param>
    public double RelativeError<T>(AttentionShape shape, T[] output)
        where T : unmanaged
    {
        RelativeError error = new();
        double[] actual = new double[shape.HeadDim];
        foreach ((int head, int row, double[] expected) in _rows)
        {
            AttentionReference.Widen<T>(output.AsSpan(((head * shape.Queries) + row) * shape.HeadDim, shape.HeadDim), actual);
            error.Add(expected, actual);
        }

        return error.Value;
    }
}
