namespace KernelGen.Generator.Kernels.Sm90a;

/// <summary>Tiles of an <c>sm90a</c> streaming kernel for few keys: one tile of K and V, and a row's scores in registers.</summary>
/// <remarks>
/// Memory bounds these kernels. What counts is how many queries are on their way at a time: as many warpgroups as registers allow, and
/// stages of Q for each. Neither changes a bit: a row is computed in the same way wherever it is.
/// </remarks>
/// <param name="Warpgroups">Warpgroups of a block, which compute 64 rows at a time each.</param>
internal sealed record Sm90aShortKeysTiling(int HeadDim, int MaximumKeys, int TileRows, int Warpgroups)
{
    /// <summary>Registers of a thread besides its arrays: addresses, the row's state, what a step of the softmax needs.</summary>
    public const int OtherRegisters = 32;

    private const int MostStages = 3;
    private const int MostColumns = 160;
    private const int MostRegisters = 255;
    private const int MostBlocks = 8;

    // 77 tokens of a prompt, and two prompts of 77, rounded up to what the products take at a time.
    private static readonly int[] _keys = [80, 160];

    // Many rows where there are many, so that K and V are copied seldom; few where else multiprocessors would have no work.
    private static readonly int[] _rows = [64, 128, 512];

    /// <summary>Products that divide the columns of the output, one after the other, with the same probabilities.</summary>
    public int ColumnGroups => (HeadDim + MostColumns - 1) / MostColumns;

    public Sm90aPanels Rows => Sm90aPanels.AlongRows(HeadDim);
    public Sm90aPanels Values => Sm90aPanels.AcrossRows(HeadDim, ColumnGroups);
    public int Threads => Warpgroups * Sm90aLimits.WarpgroupThreads;

    /// <summary>Tiles of Q of a warpgroup in shared memory: none is there in vain.</summary>
    public int Stages
    {
        get
        {
            int stages = Math.Min(MostStages, TilesPerWarpgroup);
            while (stages > 1 && SharedBytesWith(stages) > Sm90aLimits.SharedBytes)
                stages--;
            return stages;
        }
    }

    public int SharedBytes => SharedBytesWith(Stages);

    /// <summary>Registers that a thread needs for scores, probabilities and a group of the output's columns.</summary>
    public int ArrayRegisters => (MaximumKeys / 2) + (MaximumKeys / 4) + (Values.Dims / ColumnGroups / 2);

    public int BlocksPerProcessor
    {
        get
        {
            int byMemory = Sm90aLimits.ProcessorSharedBytes / (SharedBytes + 1024);
            int byRegisters = Sm90aLimits.ProcessorRegisters / (Threads * ((ArrayRegisters + OtherRegisters + 7) / 8 * 8));
            return Math.Max(1, Math.Min(MostBlocks, Math.Min(byMemory, byRegisters)));
        }
    }

    public int LimitRegisters => Math.Min(MostRegisters, Sm90aLimits.ProcessorRegisters / (Threads * BlocksPerProcessor) / 8 * 8);
    private int TilesPerWarpgroup => TileRows / (Warpgroups * Sm90aLimits.WarpgroupRows);

    // Queries can come while others are computed, where there are others.
    private bool Fits =>
        SharedBytes <= Sm90aLimits.SharedBytes && Stages >= Math.Min(2, TilesPerWarpgroup)
        && ArrayRegisters + OtherRegisters <= LimitRegisters;

    /// <summary>The kernels that there are for a head dim, by keys and rows; none where shared memory does not hold the tiles.</summary>
    public static IReadOnlyList<Sm90aShortKeysTiling> Choices(int headDim) =>
    [
        .. from keys in _keys
           from rows in _rows
           let best = Best(headDim, keys, rows)
           where best is not null
           select best,
    ];

    private static Sm90aShortKeysTiling? Best(int headDim, int keys, int rows) => ((int[])[4, 2, 1])
        .Where(warpgroups => warpgroups * Sm90aLimits.WarpgroupRows <= rows)
        .Select(warpgroups => new Sm90aShortKeysTiling(headDim, keys, rows, warpgroups))
        .FirstOrDefault(static tiling => tiling.Fits);

    // K, V, the stages of Q, and an mbarrier for each tile.
    private int SharedBytesWith(int stages) =>
        Sm90aLimits.TileAlignment + Rows.TileBytes(MaximumKeys) + Values.TileBytes(MaximumKeys)
        + (Warpgroups * stages * Rows.TileBytes(Sm90aLimits.WarpgroupRows))
        + (Sm90aLimits.MbarrierBytes * (2 + (Warpgroups * stages)));
}
