using KernelGen.Kernels;
using KernelGen.Planning;

namespace KernelGen.Cuda.Launch;

/// <summary>How much is launched at once: a whole slice, until memory runs out.</summary>
/// <param name="Heads">Most heads of a pass.</param>
/// <param name="Rows">Most query rows of a pass.</param>
internal readonly record struct PassSize(int Heads, int Rows)
{
    /// <summary>
    /// What a plan asks for. A materialized kernel works on at most its slice size at once, a preset's slice may be longer.
    /// </summary>
    public static PassSize Of(SlicePlan plan) => new(
        plan.HeadsPerSlice,
        plan.Variant.Family == KernelFamily.Materialized ? Math.Min(plan.RowsPerSlice, plan.Variant.SliceRows) : plan.RowsPerSlice);

    /// <summary>Half of it: heads first, then rows in whole tiles.</summary>
    /// <param name="tileRows">Rows of a tile.</param>
    /// <param name="smaller">The smaller pass.</param>
    /// <returns>False at one tile of one head: there is nothing smaller.</returns>
    public bool TryHalve(int tileRows, out PassSize smaller)
    {
        int tiles = ((Rows - 1) / tileRows) + 1;
        smaller = Heads > 1 ? this with { Heads = (Heads + 1) / 2 } : this with { Rows = (tiles + 1) / 2 * tileRows };
        return Heads > 1 || tiles > 1;
    }
}
