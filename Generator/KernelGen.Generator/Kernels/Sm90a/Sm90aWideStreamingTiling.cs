namespace KernelGen.Generator.Kernels.Sm90a;

/// <summary>Tiles of an <c>sm90a</c> streaming kernel for head dims whose output no warpgroup can hold: two share 64 query rows.</summary>
/// <remarks>
/// Each of the two computes the scores of half of a tile's keys and half of the output's columns; probabilities pass through shared memory.
/// K and V come in parts, for each of the two its own, and a cluster of blocks copies every part once. The tile of keys is the same for all
/// head dims.
/// </remarks>
internal sealed record Sm90aWideStreamingTiling(int HeadDim)
{
    public const int TileRows = Sm90aLimits.WarpgroupRows;
    public const int TileKeys = 128;
    public const int Groups = 2;

    /// <summary>Keys of a tile whose scores a warpgroup computes: a wgmma of this N takes as long as reading its operands.</summary>
    public const int GroupKeys = TileKeys / Groups;

    /// <summary>Blocks that share what is copied: neighbouring tiles of rows of one head.</summary>
    public const int ClusterBlocks = 2;

    public const int ValuePartKeys = 32;
    public const int Threads = (Groups + 1) * Sm90aLimits.WarpgroupThreads;
    public const int EntryRegisters = Sm90aLimits.ProcessorRegisters / Threads / 8 * 8;
    public const int ProducerRegisters = 40;
    public const int ConsumerRegisters = 232;

    /// <summary>The most <see cref="ArrayRegisters"/> that leave room for all else, known from published kernels of this kind.</summary>
    public const int MostArrayRegisters = 200;

    private const int ElementBytes = 2;
    private const int MostPartBytes = 16 * 1024;
    private const int MostStages = 8;
    private const int ProbabilityBytes = TileRows * TileKeys * ElementBytes;
    private const int RowStatisticsBytes = 2 * Groups * TileRows * sizeof(float);
    public Sm90aPanels Rows => Sm90aPanels.AlongRows(HeadDim);

    /// <summary>The layout of V: the panels of both warpgroups' columns.</summary>
    public Sm90aPanels Values => Sm90aPanels.AcrossRows(HeadDim, Groups);

    public int ValuePanels => Values.Count / Groups;
    public int ValueDims => ValuePanels * Values.PanelDims;

    /// <summary>Panels of a part of a tile of K; the last part may have fewer.</summary>
    public int KeyPartPanels => CeilingDivide(Rows.Count, CeilingDivide(Rows.Count * Rows.PanelBytes(GroupKeys), MostPartBytes));

    public int KeyParts => CeilingDivide(Rows.Count, KeyPartPanels);
    public static int ValueParts => TileKeys / ValuePartKeys;

    /// <summary>Bytes of shared memory that a stage takes: a part of a tile of K or V.</summary>
    public int StageBytes => Sm90aLimits.AlignTile(
        Math.Max(KeyPartPanels * Rows.PanelBytes(GroupKeys), ValuePanels * Values.PanelBytes(ValuePartKeys)));

    /// <summary>Stages of a warpgroup in shared memory: as many as there is room for.</summary>
    public int Stages => Math.Min(MostStages, (Sm90aLimits.SharedBytes - SharedBytesWith(0)) / (SharedBytesWith(1) - SharedBytesWith(0)));

    /// <summary>
    /// The fewest stages that a warpgroup can go on with: while the first half of a tile's values are multiplied it holds them, and the
    /// last part of the keys.
    /// </summary>
    public static int FewestStages => (ValueParts / 2) + 1;

    public int SharedBytes => SharedBytesWith(Stages);
    public int ArrayRegisters => (GroupKeys / 2) + (ValueDims / 2);
    private static int CeilingDivide(int value, int divisor) => (value + divisor - 1) / divisor;

    // Q, the stages, two tiles of probabilities, two numbers a row and warpgroup, an mbarrier for Q's coming and going, and two for each
    // stage.
    private int SharedBytesWith(int stages) =>
        Sm90aLimits.TileAlignment + Rows.TileBytes(TileRows) + (Groups * stages * (StageBytes + (2 * Sm90aLimits.MbarrierBytes)))
        + (2 * ProbabilityBytes) + RowStatisticsBytes + (2 * Sm90aLimits.MbarrierBytes);
}
