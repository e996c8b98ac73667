namespace KernelGen.Generator.Kernels.Sm90a;

/// <summary>
/// Tiles of a materialized kernel of the target <c>sm90a</c>: of the launch that turns scores into probabilities, and of the one that
/// weights the values. In both one warpgroup copies and two compute 64 query rows each.
/// </summary>
/// <remarks>
/// Above head dim 256 the two of the second launch compute the same rows and divide the columns of the output. The tile of keys depends on
/// the head dim alone.
/// </remarks>
internal sealed record Sm90aMaterializedTiling(int HeadDim, int TileKeys)
{
    public const int Consumers = 2;
    public const int Threads = (Consumers + 1) * Sm90aLimits.WarpgroupThreads;

    /// <summary>Query rows of a block of the first launch, the unit of the workspace.</summary>
    public const int TileRows = Consumers * Sm90aLimits.WarpgroupRows;

    public const int ProducerRegisters = 24;
    public const int ConsumerRegisters = 240;

    /// <summary>The most registers for arrays that leave the compiler room for everything else.</summary>
    public const int MostArrayRegisters = 216;

    /// <summary>Bytes of a probability in the workspace: it has the element type, as the product takes it.</summary>
    public const int ProbabilityBytes = 2;

    /// <summary>Bytes of a row for each tile of keys besides: an fp32 number that sums are to be multiplied by.</summary>
    public const int TileRowBytes = sizeof(float);

    private const int MostStages = 4;

    /// <summary>Warpgroups of the second launch that divide the columns of the output of the same rows.</summary>
    public int ColumnGroups => HeadDim <= Sm90aLimits.LargestUndividedHeadDim ? 1 : 2;

    public int ValueRows => TileRows / ColumnGroups;
    public Sm90aPanels Rows => Sm90aPanels.AlongRows(HeadDim);
    public Sm90aPanels Values => Sm90aPanels.AcrossRows(HeadDim, ColumnGroups);

    /// <summary>Bytes of 64 rows and a tile of keys in the workspace.</summary>
    public int WorkspaceTileBytes => Sm90aLimits.WarpgroupRows * ((TileKeys * ProbabilityBytes) + TileRowBytes);

    /// <summary>Tiles of K in shared memory.</summary>
    public int ScoreStages => MostOf(ScoresBytesWith);

    /// <summary>Tiles of V, and of probabilities, in shared memory: what is on its way hides how long memory takes.</summary>
    public int ValueStages => MostOf(ValuesBytesWith);

    /// <summary>Dynamic shared memory of a block of the first launch, in bytes, including its alignment to 1024.</summary>
    public int ScoresSharedBytes => ScoresBytesWith(ScoreStages);

    /// <summary>The same of the second launch.</summary>
    public int ValuesSharedBytes => ValuesBytesWith(ValueStages);

    /// <summary>Registers that a computing thread of the first launch needs for arrays: two sets of scores.</summary>
    public int ScoreArrayRegisters => TileKeys;

    /// <summary>Registers that a computing thread of the second launch needs for arrays: probabilities and output.</summary>
    public int ValueArrayRegisters => (TileKeys / 4) + (Values.Dims / ColumnGroups / 2);

    /// <summary>The tiles for a head dim: as many keys as two stages of shared memory hold.</summary>
    public static Sm90aMaterializedTiling For(int headDim) => new(headDim, headDim switch
    {
        <= Sm90aLimits.LargestUndividedHeadDim => 128,
        <= 384 => 64,
        _ => 48,
    });

    private static int MostOf(Func<int, int> bytesWith)
    {
        int stages = 2;
        while (stages < MostStages && bytesWith(stages + 1) <= Sm90aLimits.SharedBytes)
            stages++;
        return stages;
    }

    // Q, the stages of K, and mbarriers for the coming and going of each.
    private int ScoresBytesWith(int stages) =>
        Sm90aLimits.TileAlignment + Rows.TileBytes(TileRows) + (stages * Rows.TileBytes(TileKeys))
        + (Sm90aLimits.MbarrierBytes * (2 + (2 * stages)));

    private int ValuesBytesWith(int stages) =>
        Sm90aLimits.TileAlignment + (stages * (Values.TileBytes(TileKeys) + (Consumers / ColumnGroups * WorkspaceTileBytes)))
        + (Sm90aLimits.MbarrierBytes * 2 * stages);
}
