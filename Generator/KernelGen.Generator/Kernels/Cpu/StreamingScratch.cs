namespace KernelGen.Generator.Kernels.Cpu;

/// <summary>A worker's scratch with a streaming kernel.</summary>
internal sealed class StreamingScratch : ScratchLayout
{
    public StreamingScratch(CpuTiling tiling)
    {
        int callElements = tiling.CallRows * tiling.HeadDim;
        int blockElements = tiling.KeyBlock * tiling.HeadDim;
        Add("queries_at", callElements);
        Add("output_at", callElements);
        Add("keys_at", blockElements);

        // Also the room in which a lane group of rows is turned into lanes and back.
        Add("values_at", System.Math.Max(blockElements, tiling.MaxLanes * tiling.HeadDim));
        Add("scores_at", tiling.KeyBlock * tiling.MaxLanes);
        Add("bias_rows_at", CpuTiling.MaskStep * tiling.MaxLanes);
        Add("bias_lanes_at", CpuTiling.MaskStep * tiling.MaxLanes);
        Add("maximum_at", tiling.CallRows);
        Add("sum_at", tiling.CallRows);

        // Of a lane group: its maximum with the block at hand, and the factor from the old one to that.
        Add("new_maximum_at", tiling.MaxLanes);
        Add("rescale_at", tiling.MaxLanes);
        ChunksBytes = Bytes + TotalsBytes(tiling.CallRows, tiling);
    }

    public int Bytes => End;

    /// <summary>With the totals of chunks, which lie behind all else.</summary>
    public int ChunksBytes { get; }
}
