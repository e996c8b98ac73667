namespace KernelGen.Generator.Kernels.Cpu;

/// <summary>The tiling of the CPU kernels of a head dim: the tile, the blocks of keys, and a worker's scratch memory.</summary>
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

    /// <summary>The most query rows that share keys and values with a kernel for few queries.</summary>
    public const int FewRows = 16;

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

    /// <summary>Bytes of a worker's scratch with few queries, which <c>FewRows</c> in the run-time host lays out.</summary>
    public int FewQueriesBytes
    {
        get
        {
            // Queries, outputs before and after a span, keys as rows and as lanes, and values: rows of the head dim.
            int rows = (3 * FewRows) + (2 * MaxLanes) + MaskStep;

            // Scores of the rows and biases, with whole vectors to spare, and rows in lanes for score functions of others.
            int block = ((FewRows + 1) * ((KeyBlock + 31) / 16 * 16)) + (MaxLanes * (KeyBlock + (2 * MaskStep) + 1));
            return sizeof(float) * ((rows * HeadDim) + block + (3 * FewRows) + MaxLanes);
        }
    }

    public IReadOnlyList<CpuVectorTile> Vectors { get; }
    public int MaxLanes => Vectors[0].Lanes;
    public StreamingScratch Streaming { get; }
    public MaterializedScratch Materialized { get; }
}
