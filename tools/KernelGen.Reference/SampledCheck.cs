using KernelGen.Execution;
using KernelGen.Kernels;
using KernelGen.Tensors;

namespace KernelGen.Reference;

/// <summary>The outcome of comparing sampled rows of an output with the float64 reference.</summary>
/// <param name="Rows">Rows that were compared.</param>
/// <param name="RelativeError">Frobenius norm of the difference over that of the reference, over all compared rows.</param>
/// <param name="Bound">
/// The relative error that is allowed: for each row that of the element type, and <c>2^-24</c> of the row's largest score that can matter.
/// A score is kept in fp32, so that its rounding grows with it, and the exponential turns that into a relative error of the probability.
/// Rows of which fp32 knows too little to be compared are left out; the error is a NaN when none is left.
/// </param>
public readonly record struct SampledCheck(int Rows, double RelativeError, double Bound)
{
    /// <summary>A row whose bound would be larger cannot be told from a wrong one.</summary>
    private const double LargestBound = 0.05;

    /// <summary>The error is a number within the bound.</summary>
    public bool Passed => RelativeError <= Bound;

    /// <summary>
    /// The bound for an element type at small scores: rounding of the output dominates for the 2-byte types, fp32 accumulation for the
    /// other.
    /// </summary>
    public static double BoundFor(ElementType elementType) => elementType switch
    {
        ElementType.Float16 => 4e-4,
        ElementType.BFloat16 => 3e-3,
        _ => 2e-6,
    };

    /// <summary>
    /// The bound for an element type on a target: tensor cores are given probabilities that were rounded to the element type.
    /// </summary>
    public static double BoundFor(ElementType elementType, KernelTarget target) => (elementType, target) switch
    {
        (_, KernelTarget.Cpu or KernelTarget.Simt) => BoundFor(elementType),
        (ElementType.Float16, _) => 1e-3,
        (ElementType.BFloat16, _) => 8e-3,
        _ => BoundFor(elementType),
    };

    /// <summary>
    /// Compares rows spread over all heads and over the length, the first and the last row of the first and the last head among them.
    /// </summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="query">Q.</param>
    /// <param name="key">K.</param>
    /// <param name="value">V.</param>
    /// <param name="output">The output to check.</param>
    /// <param name="options">The options of the run that made it.</param>
    /// <param name="rows">The most rows to compare; all are when there are fewer.</param>
    public static SampledCheck Compare<T>(
        in AttentionShape shape, ReadOnlySpan<T> query, ReadOnlySpan<T> key, ReadOnlySpan<T> value, ReadOnlySpan<T> output,
        AttentionOptions options, int rows)
        where T : unmanaged
    {
        long all = (long)shape.TotalHeads * shape.Queries;
        int count = (int)Math.Min(rows, all);
        TensorStrides strides = AttentionReference.OutputStrides(shape, options);
        double[] expected = new double[shape.HeadDim];
        double[] actual = new double[shape.HeadDim];
        RelativeError error = new();
        int compared = 0;
        double norm = 0;
        double allowed = 0;
        for (int i = 0; i < count; i++)
        {
            // The step is not a divisor of the row count in general, so the places within tiles differ from head to head.
            long index = count == 1 ? 0 : (long)((Int128)(all - 1) * i / (count - 1));
            int head = (int)(index / shape.Queries);
            int row = (int)(index % shape.Queries);
            ReferenceRow reference = AttentionReference.Row(shape, query, key, value, options, head, row, expected);
            AttentionReference.Widen(output.Slice((int)AttentionReference.Offset(strides, shape, head, row), shape.HeadDim), actual);
            double bound = BoundFor(ElementTypeExtensions.Of<T>()) + (reference.LargestScore * Math.ScaleB(1, -24));
            if (bound > LargestBound)
                continue;

            // A NaN or an infinity in the input belongs into the elements that it reaches: there one must be, and no number can be
            // compared.
            for (int d = 0; d < expected.Length; d++)
            {
                if (double.IsFinite(expected[d]))
                    continue;

                if (double.IsFinite(actual[d]))
                    error.AddFault();
                expected[d] = actual[d] = 0;
            }

            compared++;
            error.Add(expected, actual);
            double rowNorm = 0;
            foreach (double element in expected)
                rowNorm += element * element;
            norm += rowNorm;
            allowed += rowNorm * bound * bound;
        }

        double allowedError = norm > 0 ? Math.Sqrt(allowed / norm) : BoundFor(ElementTypeExtensions.Of<T>());
        return new(compared, compared == 0 && count > 0 ? double.NaN : error.Value, allowedError);
    }
}
