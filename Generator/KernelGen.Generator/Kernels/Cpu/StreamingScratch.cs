namespace KernelGen.Generator.Kernels.Cpu;

/// <summary>A worker's scratch with a streaming kernel.</summary>
internal sealed class StreamingScratch
{
    private readonly ScratchLayout _layout = new();

    public StreamingScratch(CpuTiling tiling)
    {
        int callElements = tiling.CallRows * tiling.HeadDim;
        int blockElements = tiling.KeyBlock * tiling.HeadDim;
        _layout.Add("queries_at", callElements);
        _layout.Add("output_at", callElements);
        _layout.Add("keys_at", blockElements);

        // Also the room in which a lane group of rows is turned into lanes and back.
        _layout.Add("values_at", System.Math.Max(blockElements, tiling.MaxLanes * tiling.HeadDim));
        _layout.Add("scores_at", tiling.KeyBlock * tiling.MaxLanes);
        _layout.Add("bias_rows_at", CpuTiling.MaskStep * tiling.MaxLanes);
        _layout.Add("bias_lanes_at", CpuTiling.MaskStep * tiling.MaxLanes);
        _layout.Add("maximum_at", tiling.CallRows);
        _layout.Add("sum_at", tiling.CallRows);

        // Of a lane group: its maximum with the block at hand, and the factor from the old one to that.
        _layout.Add("new_maximum_at", tiling.MaxLanes);
        _layout.Add("rescale_at", tiling.MaxLanes);
        ChunksBytes = Bytes + ScratchLayout.TotalsBytes(tiling.CallRows, tiling);
    }

    public IReadOnlyList<ScratchPart> Parts => _layout.Parts;
    public int Bytes => _layout.Bytes;

    /// <summary>With the totals of chunks, which lie behind all else.</summary>
    public int ChunksBytes { get; }
}
