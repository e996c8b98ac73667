using KernelGen.Tensors;

namespace KernelGen.Lab.Measuring;

/// <summary>Counts the useful work of a call.</summary>
internal static class AttentionWork
{
    /// <summary>Floating-point operations of the two products: 4 * head dim for each visible pair of a query and a key.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="causal">Key j is visible to query i only when j &lt;= i.</param>
    public static double Operations(AttentionShape shape, bool causal)
    {
        if (!causal)
            return shape.FloatingPointOperations;

        double visible = 0;
        for (int row = 0; row < shape.Queries; row++)
            visible += Math.Min(row + 1, shape.Keys);
        return 4.0 * shape.TotalHeads * shape.HeadDim * visible;
    }
}
