namespace KernelGen.Generator.Kernels.Cpu;

/// <summary>How the CPU kernels of a head dim cut their work: the tile, the blocks of keys, and a worker's scratch memory.</summary>
internal sealed record CpuTiling
{
    /// <summary>Query rows of a tile, the unit that work is planned and shared out in.</summary>
    public const int TileRows = 128;

    /// <summary>The same of a materialized kernel for small slices: half the scratch and scores, for tiny budgets.</summary>
    public const int SmallTileRows = 64;

    /// <summary>Blocks of keys begin at multiples of it, every micro-kernel's keys divide it, and score rows are padded to it.</summary>
    public const int KeyStep = 12;

    /// <summary>Keys of a mask that are transposed to lanes at a time: with its scores, at most 18 KiB. No block is shorter.</summary>
    public const int MaskStep = 48;

    public CpuTiling(int headDim)
    {
        HeadDim = headDim;
        KeyBlock = KeyBlockFor(headDim);
        Vectors = [CpuVectorTile.For(512, headDim), CpuVectorTile.For(256, headDim), CpuVectorTile.For(128, headDim)];
        Streaming = new StreamingScratch(this);
        Materialized = new MaterializedScratch(this);
    }

    public int HeadDim { get; }

    /// <summary>
    /// The most tiles that a streaming kernel takes at a time. They share one conversion of each block of keys and values, and one way of
    /// it through the caches. More of them, and the queries and the output would fill the second-level cache.
    /// </summary>
    public int TilesPerCall => HeadDim switch
    {
        <= 96 => 4,
        <= 256 => 2,
        _ => 1,
    };

    /// <summary>The most query rows that a streaming kernel takes at a time.</summary>
    public int CallRows => TileRows * TilesPerCall;

    /// <summary>
    /// The most keys of a block: keys and values of the block stay in the second-level cache, and the scores of a lane group in the first;
    /// not so for the smallest head dims, where a block is done so soon that its beginning and end weigh more than that.
    /// </summary>
    public int KeyBlock { get; }

    public IReadOnlyList<CpuVectorTile> Vectors { get; }
    public int MaxLanes => Vectors[0].Lanes;
    public StreamingScratch Streaming { get; }
    public MaterializedScratch Materialized { get; }

    private static int KeyBlockFor(int headDim) => headDim switch
    {
        <= 48 => 480,
        <= 64 => 240,
        <= 96 => 192,
        <= 160 => 120,
        _ => 84,
    };
}
