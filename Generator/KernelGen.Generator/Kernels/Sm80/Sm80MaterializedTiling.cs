namespace KernelGen.Generator.Kernels.Sm80;

/// <summary>Tiles of a materialized kernel of the target <c>sm80</c>, which launches QK and PV apart.</summary>
/// <remarks>Memory bounds these kernels, not arithmetic: the tiles are small, and two stages of them are always there.</remarks>
internal sealed record Sm80MaterializedTiling(int HeadDim, int TileRows, int TileKeys)
{
    /// <summary>Threads of a block of the softmax launch, a warp a row.</summary>
    public const int SoftmaxThreads = 128;

    /// <summary>Query rows of a block of the softmax launch.</summary>
    public const int SoftmaxRows = SoftmaxThreads / 32;

    public Sm80Rows Rows => Sm80Rows.For(HeadDim);

    /// <summary>Warps that share 16 rows and divide the keys of the scores and the columns of the output.</summary>
    public int ColumnGroups => Sm80Limits.Warps / (TileRows / 16);

    /// <summary>Dynamic shared memory of a block that computes scores: a tile of Q and two of K.</summary>
    public int ScoresSharedBytes => (TileRows + (2 * TileKeys)) * Rows.Bytes;

    /// <summary>Dynamic shared memory of a block that weights values: two tiles of V.</summary>
    public int ValuesSharedBytes => 2 * TileKeys * Rows.Bytes;

    /// <summary>Registers that a thread is expected to need: for the scores or the sums, whichever are more.</summary>
    public int ExpectedRegisters =>
        Sm80Limits.BaseRegisters + Math.Max(TileKeys / ColumnGroups / 2, 4 * (((HeadDim / 8) + ColumnGroups - 1) / ColumnGroups));

    /// <summary>The tiles for a head dim, which alone decides the keys of one: a row has the same bits whatever the slice size.</summary>
    public static Sm80MaterializedTiling For(int headDim, bool isSmallSlice) =>
        headDim <= 256 ? new(headDim, isSmallSlice ? 32 : 64, 64) : new(headDim, 32, 32);
}
