namespace KernelGen.Generator.Kernels.Sm90a;

/// <summary>Tiles of an <c>sm90a</c> streaming kernel: a producer warpgroup, and one to three consumers of 64 query rows each.</summary>
/// <remarks>The tile of keys depends on the head dim alone, so that a row has the same bits whichever variant computes it.</remarks>
/// <param name="ClusterBlocks">Blocks of a cluster, which share the copies of K and V for neighbouring tiles of rows of a head.</param>
internal sealed record Sm90aStreamingTiling(int HeadDim, int Consumers, int ClusterBlocks = 1)
{
    private const int MostStages = 3;
    private const int LargestPingPongHeadDim = 128;

    // Below, blocks of three consumer warpgroups read K and V for 192 rows at a time without a cluster.
    private const int LeastClusterHeadDim = 88;

    // Keys of a tile by head dim: the most that registers and two stages of shared memory hold. Up to head dim 64 an eighth of the powers
    // of two are polynomials. For 64 rows and 128 keys the tensor cores take 8 clocks for each of the head dim's numbers, 512 at head dim
    // 64; the unit for powers of two takes 528 for all of them, and a warp has about 400 instructions beside its polynomials. A polynomial
    // is 8 instructions more and 8 clocks of the unit less: with an eighth of them both take about 464. At head dim 80 everything hides
    // behind the products, and from there on the more exact powers cost nothing.
    private static readonly (int LargestHeadDim, int TileKeys, int Consumers, int PolynomialEvery)[] _table =
    [
        (64, 128, 3, 8),
        (80, 112, 3, 0),
        (96, 192, 2, 0),
        (128, 176, 2, 0),
        (160, 144, 2, 0),
        (192, 112, 2, 0),
        (Sm90aLimits.LargestUndividedHeadDim, 80, 2, 0),
    ];

    public int TileKeys => Row(HeadDim).TileKeys;

    /// <summary>Of so many groups of eight keys one takes its powers of two from a polynomial; 0: none does.</summary>
    public int PolynomialEvery => Row(HeadDim).PolynomialEvery;

    public int TileRows => Consumers * Sm90aLimits.WarpgroupRows;

    /// <summary>Query rows that one copy of K and V serves.</summary>
    public int ClusterRows => ClusterBlocks * TileRows;

    public int Threads => (Consumers + 1) * Sm90aLimits.WarpgroupThreads;
    public Sm90aPanels Rows => Sm90aPanels.AlongRows(HeadDim);
    public Sm90aPanels Values => Sm90aPanels.AcrossRows(HeadDim);

    /// <summary>Tiles of K, and of V, in shared memory: at least two, so that one is copied while another is used.</summary>
    public int Stages
    {
        get
        {
            // A small block shares its multiprocessor with another one, as long as two stages allow it.
            int limit = Consumers == 1 && SharesProcessor(2) ? (Sm90aLimits.ProcessorSharedBytes / 2) - 1024 : Sm90aLimits.SharedBytes;
            int stages = 2;
            while (stages < MostStages && SharedBytesWith(stages + 1) <= limit)
                stages++;
            return stages;
        }
    }

    public int SharedBytes => SharedBytesWith(Stages);
    public int BlocksPerProcessor => Consumers == 1 && SharesProcessor(Stages) ? 2 : 1;
    public int EntryRegisters => Math.Min(256, Sm90aLimits.ProcessorRegisters / (Threads * BlocksPerProcessor) / 8 * 8);

    /// <summary>Registers that a thread of the producer warpgroup keeps; 0: all, there are enough for everybody.</summary>
    public int ProducerRegisters => EntryRegisters == 256 ? 0 : Consumers == 3 ? 32 : 24;

    /// <summary>Registers that a thread of a consumer warpgroup takes; 0: what it has.</summary>
    public int ConsumerRegisters => EntryRegisters == 256 ? 0 : Consumers switch { 3 => 160, 2 => 240, _ => 232 };

    /// <summary>Registers that a computing thread needs for scores, probabilities and output.</summary>
    public int ArrayRegisters => (TileKeys / 2) + (TileKeys / 4) + (Values.Dims / 2);

    /// <summary>The most <see cref="ArrayRegisters"/> that leave room for all else, known from published kernels of this kind.</summary>
    public int MostArrayRegisters => Consumers == 3 ? 128 : 216;

    /// <summary>Warpgroups take turns, so that one computes its softmax while another multiplies; pays where softmax takes long.</summary>
    public bool PingPong => Consumers >= 2 && HeadDim <= LargestPingPongHeadDim;

    /// <summary>
    /// The tiles that there are variants for, by ascending rows: many rows for throughput, fewer for small shapes, and clusters of two
    /// blocks for where the L2 cache is the limit. None above head dim 256, whose output no warpgroup can hold.
    /// </summary>
    public static IEnumerable<Sm90aStreamingTiling> Choices(int headDim)
    {
        if (headDim > Sm90aLimits.LargestUndividedHeadDim)
            yield break;

        int most = Row(headDim).Consumers;
        for (int consumers = 1; consumers <= most; consumers++)
            yield return new(headDim, consumers);
        if (headDim >= LeastClusterHeadDim)
            yield return new(headDim, most, ClusterBlocks: 2);
    }

    private static (int LargestHeadDim, int TileKeys, int Consumers, int PolynomialEvery) Row(int headDim) =>
        _table.First(row => headDim <= row.LargestHeadDim);
    private bool SharesProcessor(int stages) => 2 * (SharedBytesWith(stages) + 1024) <= Sm90aLimits.ProcessorSharedBytes;

    // Q, the stages of K and V, an mbarrier for Q's coming and going, and two for each stage of K and of V.
    private int SharedBytesWith(int stages) =>
        Sm90aLimits.TileAlignment + Rows.TileBytes(TileRows) + (stages * (Rows.TileBytes(TileKeys) + Values.TileBytes(TileKeys)))
        + (Sm90aLimits.MbarrierBytes * (2 + (4 * stages)));
}
