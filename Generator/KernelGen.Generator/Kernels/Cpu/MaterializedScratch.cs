namespace KernelGen.Generator.Kernels.Cpu;

/// <summary>The byte offsets of the parts of a worker's scratch with a materialized kernel, each at a cache line.</summary>
/// <remarks>
/// A block of keys and a block of values take turns in the same place. What depends on the rows of a call is behind all else, placed by the
/// kernel: one kernel serves tiles of any number of rows.
/// </remarks>
internal sealed record MaterializedScratch
{
    public MaterializedScratch(CpuTiling tiling)
    {
        ScratchLayout layout = new();
        Tiling = tiling;
        Block = layout.Next(System.Math.Max(tiling.KeyBlock, tiling.MaxLanes) * tiling.HeadDim);
        Weights = layout.Next(tiling.KeyBlock * tiling.MaxLanes);
        BiasRows = layout.Next(CpuTiling.MaskStep * tiling.MaxLanes);
        BiasLanes = layout.Next(CpuTiling.MaskStep * tiling.MaxLanes);
        NewMaximum = layout.Next(tiling.MaxLanes);
        Rescale = layout.Next(tiling.MaxLanes);
        Rows = layout.Bytes;
    }

    /// <summary>A block of keys or values as dense fp32 rows; also where a lane group of rows is transposed to lanes and back.</summary>
    public int Block { get; }

    public int Weights { get; }
    public int BiasRows { get; }
    public int BiasLanes { get; }

    /// <summary>The maximum of a lane group with the block at hand.</summary>
    public int NewMaximum { get; }

    /// <summary>Ones: with final maxima nothing is rescaled.</summary>
    public int Rescale { get; }

    /// <summary>Queries and output in lanes, maximum and sum, of each row.</summary>
    public int Rows { get; }

    private CpuTiling Tiling { get; }

    /// <summary>Bytes of all, for tiles of so many rows, where there is one chunk of keys.</summary>
    public int Bytes(int tileRows) => Rows + (sizeof(float) * tileRows * ((2 * Tiling.HeadDim) + 2));

    /// <summary>With the totals of chunks, which lie behind all else.</summary>
    public int ChunksBytes(int tileRows) => Bytes(tileRows) + ScratchLayout.TotalsBytes(tileRows, Tiling);
}
