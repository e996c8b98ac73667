namespace KernelGen.Generator.Kernels.Cpu;

/// <summary>A worker's scratch memory: where its parts begin, in bytes. Every part begins at a cache line.</summary>
internal sealed record CpuScratch
{
    private const int CacheLine = 64;

    /// <summary>Lays the parts out one after the other.</summary>
    /// <param name="tiling">The tiling that they serve.</param>
    public CpuScratch(CpuTiling tiling)
    {
        int at = 0;
        int callElements = tiling.CallRows * tiling.HeadDim;
        int blockElements = tiling.KeyBlock * tiling.HeadDim;
        int blockScores = tiling.KeyBlock * tiling.MaxLanes;
        Queries = Next(callElements);
        Output = Next(callElements);
        Keys = Next(blockElements);

        // Also the room in which a lane group of rows is turned into lanes and back.
        Values = Next(System.Math.Max(blockElements, tiling.MaxLanes * tiling.HeadDim));
        Scores = Next(blockScores);
        BiasRows = Next(CpuTiling.MaskStep * tiling.MaxLanes);
        BiasLanes = Next(CpuTiling.MaskStep * tiling.MaxLanes);
        Maximum = Next(tiling.CallRows);
        Sum = Next(tiling.CallRows);
        NewMaximum = Next(tiling.MaxLanes);
        Rescale = Next(tiling.MaxLanes);
        Bytes = at;

        int Next(int elements)
        {
            int begin = at;
            at += ((elements * sizeof(float)) + CacheLine - 1) / CacheLine * CacheLine;
            return begin;
        }
    }

    /// <summary>Queries of a call, in lanes.</summary>
    public int Queries { get; }

    /// <summary>Output of a call, in lanes.</summary>
    public int Output { get; }

    /// <summary>A block of keys as dense fp32 rows.</summary>
    public int Keys { get; }

    /// <summary>A block of values as dense fp32 rows.</summary>
    public int Values { get; }

    /// <summary>Scores of a lane group against a block.</summary>
    public int Scores { get; }

    /// <summary>The mask of a lane group over some keys, in rows.</summary>
    public int BiasRows { get; }

    /// <summary>The mask of a lane group over some keys, in lanes.</summary>
    public int BiasLanes { get; }

    /// <summary>The maximum of each row.</summary>
    public int Maximum { get; }

    /// <summary>The sum of each row's weights.</summary>
    public int Sum { get; }

    /// <summary>The maximum of a lane group with the block at hand.</summary>
    public int NewMaximum { get; }

    /// <summary>The factor from the old maximum to the new one.</summary>
    public int Rescale { get; }

    /// <summary>Bytes of all.</summary>
    public int Bytes { get; }
}
