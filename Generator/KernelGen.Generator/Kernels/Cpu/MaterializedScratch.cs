namespace KernelGen.Generator.Kernels.Cpu;

/// <summary>A worker's scratch with a materialized kernel.</summary>
/// <remarks>What depends on the rows of a call is behind all else, placed by the kernel: one serves tiles of any number of rows.</remarks>
internal sealed class MaterializedScratch : ScratchLayout
{
    private readonly CpuTiling _tiling;

    public MaterializedScratch(CpuTiling tiling)
    {
        _tiling = tiling;

        // A block of keys or values as dense fp32 rows; also where a lane group of rows is transposed to lanes and back.
        Add("materialized_block_at", System.Math.Max(tiling.KeyBlock, tiling.MaxLanes) * tiling.HeadDim);
        Add("materialized_weights_at", tiling.KeyBlock * tiling.MaxLanes);
        Add("materialized_bias_rows_at", CpuTiling.MaskStep * tiling.MaxLanes);
        Add("materialized_bias_lanes_at", CpuTiling.MaskStep * tiling.MaxLanes);

        // The maximum of a lane group with the block at hand, and ones: with final maxima nothing is rescaled.
        Add("materialized_new_maximum_at", tiling.MaxLanes);
        Add("materialized_rescale_at", tiling.MaxLanes);

        // Queries and output in lanes, maximum and sum, of each row.
        Add("materialized_rows_at", 0);
    }

    /// <summary>Bytes of all, for tiles of so many rows, where there is one chunk of keys.</summary>
    public int Bytes(int tileRows) => End + (sizeof(float) * tileRows * ((2 * _tiling.HeadDim) + 2));

    /// <summary>With the totals of chunks, which lie behind all else.</summary>
    public int ChunksBytes(int tileRows) => Bytes(tileRows) + TotalsBytes(tileRows, _tiling);
}
