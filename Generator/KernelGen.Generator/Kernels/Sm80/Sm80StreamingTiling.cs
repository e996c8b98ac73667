namespace KernelGen.Generator.Kernels.Sm80;

/// <summary>Tiles of a streaming kernel of the target <c>sm80</c>.</summary>
/// <remarks>
/// Up to head dim 256 each warp holds whole rows of the output, in one or two tiles of 16 rows; two halve the reads of K and V from shared
/// memory and are what fits up to head dim 128. Above 256 no warp can hold a row, and the block's warps share 32 rows. From head dim 96 on
/// a multiprocessor of 100 KiB (compute capability 8.6, 8.9, 12.0) holds one block of 128 rows, whose four warps hide nothing from each
/// other; eight of 16 rows do, but load K and V twice as often, for which faster tensor cores would wait. The planner knows both. The tile
/// of keys depends on the head dim alone, so that a row has the same bits whichever variant computes it.
/// </remarks>
/// <param name="RowTiles">Tiles of 16 rows of which a warp holds the output.</param>
/// <param name="IsSplit">The warps share the rows and divide the columns of the output.</param>
internal sealed record Sm80StreamingTiling(
    int HeadDim, int TileRows, int TileKeys, int RowTiles, bool IsSplit, int Warps = Sm80Limits.Warps)
{
    private const int LargestUnsplitHeadDim = 256;

    /// <summary>Bytes of a row of probabilities in shared memory (split kernels): 32 keys, swizzled.</summary>
    public const int ProbabilityBytes = 64;

    public Sm80Rows Rows => Sm80Rows.For(HeadDim);

    /// <summary>Q stays in registers; else it is read from shared memory for each tile of keys.</summary>
    public bool QueryInRegisters => !IsSplit && ArrayRegisters + QueryRegisters <= Sm80Limits.ComfortableRegisters;

    /// <summary>
    /// Pipeline stages of K, and of V. With two, the next tile is copied during a tile's products; with one, K during PV and V during QK.
    /// </summary>
    public int Stages => !IsSplit && SharedBytesWith(2) <= Sm80Limits.TwoStageBytes * Warps / Sm80Limits.Warps ? 2 : 1;

    public int Threads => 32 * Warps;
    public int SharedBytes => SharedBytesWith(Stages);
    public int ExpectedRegisters => ArrayRegisters + (QueryInRegisters ? QueryRegisters : 4 * RowTiles);
    private int QueryRegisters => 4 * RowTiles * ((HeadDim + 15) / 16);

    // Scores and sums in fp32, base and total of each row.
    private int ArrayRegisters => IsSplit
        ? Sm80Limits.BaseRegisters + (TileKeys / 4) + (4 * RowTiles * (((HeadDim / 8) + Warps - 1) / Warps)) + 4
        : Sm80Limits.BaseRegisters + (RowTiles * ((TileKeys / 2) + (HeadDim / 2) + 4));

    /// <summary>The tiles that there are variants for, by ascending rows: many rows for throughput, fewer for small shapes.</summary>
    public static IReadOnlyList<Sm80StreamingTiling> Choices(int headDim) => headDim switch
    {
        < 96 => [Unsplit(headDim, 64), Unsplit(headDim, 128)],
        <= 128 => [Unsplit(headDim, 64), Unsplit(headDim, 128), Unsplit(headDim, 128, Sm80Limits.WarpsAlone)],
        <= LargestUnsplitHeadDim => [Unsplit(headDim, 64)],
        _ => [new(headDim, TileRows: 32, TileKeys: 32, RowTiles: 2, IsSplit: true)],
    };

    private static Sm80StreamingTiling Unsplit(int headDim, int tileRows, int warps = Sm80Limits.Warps) =>
        new(headDim, tileRows, TileKeys: 64, RowTiles: tileRows / (16 * warps), IsSplit: false, warps);

    // Split kernels also keep the probabilities, the greatest score of each row in each group of keys, and the rows' factors.
    private int SharedBytesWith(int stages) => IsSplit
        ? ((TileRows + (2 * TileKeys)) * Rows.Bytes) + (TileRows * ProbabilityBytes) + (4 * TileRows * ((Warps / RowTiles) + 1))
        : ((QueryInRegisters ? 0 : TileRows) + (2 * stages * TileKeys)) * Rows.Bytes;
}
