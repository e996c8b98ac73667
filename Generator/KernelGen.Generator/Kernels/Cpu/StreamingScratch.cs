namespace KernelGen.Generator.Kernels.Cpu;

/// <summary>The byte offsets of the parts of a worker's scratch with a streaming kernel, each at a cache line.</summary>
internal sealed record StreamingScratch
{
    public StreamingScratch(CpuTiling tiling)
    {
        ScratchLayout layout = new();
        int callElements = tiling.CallRows * tiling.HeadDim;
        int blockElements = tiling.KeyBlock * tiling.HeadDim;
        Queries = layout.Next(callElements);
        Output = layout.Next(callElements);
        Keys = layout.Next(blockElements);

        // Also the room in which a lane group of rows is turned into lanes and back.
        Values = layout.Next(System.Math.Max(blockElements, tiling.MaxLanes * tiling.HeadDim));
        Scores = layout.Next(tiling.KeyBlock * tiling.MaxLanes);
        BiasRows = layout.Next(CpuTiling.MaskStep * tiling.MaxLanes);
        BiasLanes = layout.Next(CpuTiling.MaskStep * tiling.MaxLanes);
        Maximum = layout.Next(tiling.CallRows);
        Sum = layout.Next(tiling.CallRows);
        NewMaximum = layout.Next(tiling.MaxLanes);
        Rescale = layout.Next(tiling.MaxLanes);
        Bytes = layout.Bytes;
        ChunksBytes = Bytes + ScratchLayout.TotalsBytes(tiling.CallRows, tiling);
    }

    public int Queries { get; }
    public int Output { get; }
    public int Keys { get; }
    public int Values { get; }
    public int Scores { get; }
    public int BiasRows { get; }
    public int BiasLanes { get; }
    public int Maximum { get; }
    public int Sum { get; }

    /// <summary>The maximum of a lane group with the block at hand.</summary>
    public int NewMaximum { get; }

    /// <summary>The factor from the old maximum to the new one.</summary>
    public int Rescale { get; }

    public int Bytes { get; }

    /// <summary>With the totals of chunks, which lie behind all else.</summary>
    public int ChunksBytes { get; }
}
