namespace KernelGen.Planning;

/// <summary>The part of the output that is computed at once.</summary>
/// <param name="Heads">Most heads.</param>
/// <param name="Rows">Most query rows.</param>
internal readonly record struct SliceSize(int Heads, int Rows)
{
    /// <summary>Half of it, where memory does not suffice: heads first, then rows in whole tiles.</summary>
    /// <param name="tileRows">Rows of a tile.</param>
    /// <param name="smaller">The smaller size.</param>
    /// <returns>False at one tile of one head: there is nothing smaller.</returns>
    public bool TryHalve(int tileRows, out SliceSize smaller)
    {
        int tiles = SliceGroups.CeilingDivide(Rows, tileRows);
        smaller = Heads > 1
            ? this with { Heads = SliceGroups.CeilingDivide(Heads, 2) }
            : this with { Rows = SliceGroups.CeilingDivide(tiles, 2) * tileRows };
        return Heads > 1 || tiles > 1;
    }
}
