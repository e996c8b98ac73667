namespace KernelGen.Generator.Kernels.Sm90a;

/// <summary>
/// Tiles of a Float32 streaming kernel of the target <c>sm90a</c>: two warpgroups split tiles of K and V into halves of 16 bits, one or two
/// compute 64 query rows each.
/// </summary>
/// <remarks>The tile of keys depends on the head dim alone, so that a row has the same bits whichever variant computes it.</remarks>
internal sealed record Sm90aFloat32StreamingTiling(int HeadDim, int Consumers)
{
    /// <summary>Warpgroups that split tiles: one those of K, one those of V.</summary>
    public const int Splitters = 2;

    private const int Halves = 2;
    private const int FloatBytes = 4;
    private const int LargestCommonHeadDim = 192;
    private const int LeastConsumerRegisters = 168;
    private const int LeastStages = 3;
    private const int MostStages = 4;

    // Flags of four warps, and the mbarriers for a stage's coming and going.
    private const int StageFlagBytes = 16;
    private const int StageMbarrierBytes = 16;

    // By head dim: keys of a tile, and parts of the output's columns. A part's sums over a tile take registers beside the output.
    private static readonly (int LargestHeadDim, int TileKeys, int ValueParts)[] _table =
    [
        (64, 128, 1),
        (96, 96, 1),
        (112, 80, 1),
        (128, 80, 2),
        (160, 64, 2),
        (192, 48, 3),
        (224, 32, 7),
        (256, 32, 8),
    ];

    public int TileKeys => Row(HeadDim).TileKeys;

    /// <summary>Parts of the output's columns, which are computed one after the other.</summary>
    public int ValueParts => Row(HeadDim).ValueParts;

    public int TileRows => Consumers * Sm90aLimits.WarpgroupRows;
    public int Threads => (Splitters + Consumers) * Sm90aLimits.WarpgroupThreads;
    public Sm90aPanels Rows => Sm90aPanels.AlongRows(HeadDim);
    public Sm90aPanels Values => Sm90aPanels.AcrossRows(HeadDim, ValueParts);
    public int QueryHalfBytes => Rows.TileBytes(Sm90aLimits.WarpgroupRows);
    public int KeyHalfBytes => Rows.TileBytes(TileKeys);
    public int ValueHalfBytes => Values.TileBytes(TileKeys);

    /// <summary>Bytes of a stage, which holds both halves of a tile of K or of V.</summary>
    public int StageBytes => Halves * Math.Max(KeyHalfBytes, ValueHalfBytes);

    /// <summary>Tiles in shared memory, of K and V in turn: at least three, so that K can be split during PV and V during QK.</summary>
    public int Stages
    {
        get
        {
            int stages = LeastStages;
            while (stages < MostStages && SharedBytesWith(stages + 1) <= Sm90aLimits.SharedBytes)
                stages++;
            return stages;
        }
    }

    public int SharedBytes => SharedBytesWith(Stages);
    public int EntryRegisters => Sm90aLimits.ProcessorRegisters / Threads / 8 * 8;

    /// <summary>Registers of a thread of a splitting warpgroup: 32 numbers being loaded, 16 or 8 of wide rows, and their halves.</summary>
    public int SplitterRegisters => ((EntryRegisters * (Splitters + Consumers)) - (Consumers * ConsumerRegisters)) / Splitters / 8 * 8;

    /// <summary>Registers that a thread of a consumer warpgroup takes: with room for everything else beside its arrays.</summary>
    public int ConsumerRegisters => Consumers == 1 ? 240 : Math.Max(LeastConsumerRegisters, (ArrayRegisters + OtherRegisters + 7) / 8 * 8);
    private int OtherRegisters => HeadDim <= LargestCommonHeadDim ? 40 : 48;

    /// <summary>
    /// Registers of a computing thread for scores (later both halves of the probabilities), the output, and a part's sums over a tile.
    /// </summary>
    public int ArrayRegisters => (TileKeys / 2) + (Values.Dims / 2) + (Values.Dims / ValueParts / 2);

    /// <summary>The tiles of variants, by ascending rows; none above head dim 256, whose output does not fit the registers.</summary>
    public static IReadOnlyList<Sm90aFloat32StreamingTiling> Choices(int headDim) => headDim > _table[_table.Length - 1].LargestHeadDim
        ? []
        : [new(headDim, Consumers: 1), new(headDim, Consumers: 2)];

    private static (int LargestHeadDim, int TileKeys, int ValueParts) Row(int headDim) =>
        _table.First(row => headDim <= row.LargestHeadDim);

    // Both halves of Q, the stages, a unit for each row of Q and for each key of a stage, flags and mbarriers of the stages.
    private int SharedBytesWith(int stages) =>
        Sm90aLimits.TileAlignment + (Consumers * Halves * QueryHalfBytes) + (FloatBytes * TileRows)
        + (stages * (StageBytes + (FloatBytes * TileKeys) + StageFlagBytes + StageMbarrierBytes));
}
