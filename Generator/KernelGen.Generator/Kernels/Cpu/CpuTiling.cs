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

    /// <summary>Keys that are added up from zero, then folded into those before. Folding so many costs next to nothing.</summary>
    public const int ChunkKeys = 960;

    /// <summary>Keys of a mask that are transposed to lanes at a time: with its scores, at most 18 KiB. No block is shorter.</summary>
    public const int MaskStep = 48;

    public CpuTiling(int headDim)
    {
        HeadDim = headDim;
        Vectors = [CpuVectorTile.For(512, headDim), CpuVectorTile.For(256, headDim), CpuVectorTile.For(128, headDim)];
        Streaming = new StreamingScratch(this);
        Materialized = new MaterializedScratch(this);
    }

    public int HeadDim { get; }

    /// <summary>The most tiles that a streaming kernel takes at a time: they share each block of keys. More would fill L2.</summary>
    public int TilesPerCall => HeadDim switch
    {
        <= 96 => 4,
        <= 256 => 2,
        _ => 1,
    };

    public int CallRows => TileRows * TilesPerCall;

    /// <summary>The most keys of a block: its keys and values stay in L2, and mostly the scores of a lane group in L1.</summary>
    public int KeyBlock => HeadDim switch
    {
        <= 48 => 480,
        <= 96 => 240,
        <= 160 => 120,
        _ => 96,
    };

    /// <summary>Keys whose weighted values are added up from zero in registers before they join the chunk's: no chain is long.</summary>
    public int SpanKeys => HeadDim <= 160 ? 40 : 48;

    public IReadOnlyList<CpuVectorTile> Vectors { get; }
    public int MaxLanes => Vectors[0].Lanes;
    public StreamingScratch Streaming { get; }
    public MaterializedScratch Materialized { get; }
}
