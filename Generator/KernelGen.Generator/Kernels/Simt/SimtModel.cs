using KernelGen.Generator.Kernels.Common;
using KernelGen.Generator.Model;
using KernelGen.Generator.Rendering;

namespace KernelGen.Generator.Kernels.Simt;

internal static class SimtModel
{
    public static TemplateObject Create(CudaSourceName source, ElementType elementType, SimtTiling tiling) => new()
    {
        { "id", source.Id },
        { "entry_point", source.EntryPoint },
        { "element", elementType.CudaName() },
        { "element_name", elementType.ToString() },
        { "head_dim", tiling.HeadDim },
        { "threads", tiling.Threads },
        { "lanes", tiling.Lanes },
        { "rows_per_thread", tiling.RowsPerThread },
        { "tile_rows", tiling.TileRows },
        { "keys_per_thread", tiling.KeysPerThread },
        { "tile_keys", SimtTiling.TileKeys },
        { "chunk_keys", KeyChunks.Keys(SimtTiling.TileKeys, tiling.HeadDim) },
        { "chunk_dims", tiling.ChunkDims },
        { "chunk_pitch", tiling.ChunkPitch },
        { "probability_pitch", tiling.ProbabilityPitch },
        { "value_keys", tiling.ValueKeys },
        { "value_pitch", tiling.ValuePitch },
        { "value_chunk_begin", tiling.ValueChunkBegin },
        { "lane_quads", tiling.LaneQuads },
        { "lane_pairs", tiling.LanePairs },
        { "lane_singles", tiling.LaneSingles },
        { "lane_dims", tiling.LaneDims },
        { "pairs_begin", tiling.PairsBegin },
        { "singles_begin", tiling.SinglesBegin },
        { "shared_bytes", tiling.SharedBytes },
        { "expected_registers", tiling.ExpectedRegisters },
        { "register_blocks", tiling.RegisterBlocks },
        { "softmax_threads", SimtTiling.SoftmaxThreads },
        { "softmax_rows", SimtTiling.SoftmaxRows },
    };
}
