namespace KernelGen.Planning;

/// <summary>The names of <see cref="SliceAxis"/>.</summary>
public static class SliceAxisExtensions
{
    /// <summary><c>none</c>, <c>heads</c>, <c>rows</c>, <c>rows+keys</c> or <c>heads+rows</c>.</summary>
    public static string Name(this SliceAxis axis) => axis switch
    {
        SliceAxis.Heads => "heads",
        SliceAxis.Rows => "rows",
        SliceAxis.RowsAndKeys => "rows+keys",
        SliceAxis.HeadsAndRows => "heads+rows",
        _ => "none",
    };

    /// <summary>The axes along which slices of a size cut a call.</summary>
    /// <param name="cutsHeads">A slice has fewer heads than the call.</param>
    /// <param name="cutsRows">A slice has fewer query rows than the call.</param>
    /// <param name="cutsKeys">A slice works through the keys in chunks.</param>
    internal static SliceAxis Of(bool cutsHeads, bool cutsRows, bool cutsKeys) => (cutsHeads, cutsRows, cutsKeys) switch
    {
        (_, _, true) => SliceAxis.RowsAndKeys,
        (true, true, _) => SliceAxis.HeadsAndRows,
        (true, false, _) => SliceAxis.Heads,
        (false, true, _) => SliceAxis.Rows,
        _ => SliceAxis.None,
    };
}
