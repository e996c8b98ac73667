using KernelGen.Generator.Model;
using KernelGen.Generator.Rendering;

namespace KernelGen.Generator.Kernels.Cpu;

/// <summary>The class of a head dim: the kernels of all its variants.</summary>
internal static class CpuUnit
{
    /// <summary>The template variables of the class.</summary>
    public static TemplateObject Model(IReadOnlyList<CpuVariant> variants)
    {
        CpuTiling tiling = variants[0].Tiling;
        StreamingScratch streaming = tiling.Streaming;
        MaterializedScratch materialized = tiling.Materialized;
        return new()
        {
            { "class_name", variants[0].UnitClass },
            { "head_dim", tiling.HeadDim },
            { "tile_rows", CpuTiling.TileRows },
            { "tiles_per_call", tiling.TilesPerCall },
            { "key_block", tiling.KeyBlock },
            { "key_step", CpuTiling.KeyStep },
            { "chunk_keys", CpuTiling.ChunkKeys },
            { "span_keys", tiling.SpanKeys },
            { "mask_step", CpuTiling.MaskStep },
            { "block_kib", tiling.KeyBlock * tiling.HeadDim * sizeof(float) / 1024 },
            { "scores_kib", tiling.KeyBlock * tiling.MaxLanes * sizeof(float) / 1024 },
            { "small_tile_rows", CpuTiling.SmallTileRows },
            { "streaming_bytes", streaming.Bytes },
            { "materialized_bytes", materialized.Bytes(CpuTiling.TileRows) },
            { "small_materialized_bytes", materialized.Bytes(CpuTiling.SmallTileRows) },
            { "queries_at", streaming.Queries },
            { "output_at", streaming.Output },
            { "keys_at", streaming.Keys },
            { "values_at", streaming.Values },
            { "scores_at", streaming.Scores },
            { "bias_rows_at", streaming.BiasRows },
            { "bias_lanes_at", streaming.BiasLanes },
            { "maximum_at", streaming.Maximum },
            { "sum_at", streaming.Sum },
            { "new_maximum_at", streaming.NewMaximum },
            { "rescale_at", streaming.Rescale },
            { "totals_at", streaming.Bytes },
            { "materialized_block_at", materialized.Block },
            { "materialized_weights_at", materialized.Weights },
            { "materialized_bias_rows_at", materialized.BiasRows },
            { "materialized_bias_lanes_at", materialized.BiasLanes },
            { "materialized_new_maximum_at", materialized.NewMaximum },
            { "materialized_rescale_at", materialized.Rescale },
            { "materialized_rows_at", materialized.Rows },
            { "streaming", variants.Any(static variant => variant.Configuration.Family == KernelFamily.Streaming) },
            { "materialized", variants.Any(static variant => variant.Configuration.Family == KernelFamily.Materialized) },
            { "vectors", tiling.Vectors.Select(VectorModel) },
            {
                "kernels", variants
                    .GroupBy(static variant => (variant.Configuration.Family, variant.Configuration.ElementType))
                    .OrderByDescending(static kernels => kernels.Key.Family)
                    .ThenBy(static kernels => kernels.Key.ElementType)
                    .SelectMany(static kernels => KernelModels(kernels.First()))
            },
        };
    }

    private static TemplateObject VectorModel(CpuVectorTile vector) => new()
    {
        { "bits", vector.VectorBits },
        { "lanes", vector.Lanes },
        { "score_keys", vector.ScoreKeys },
        { "fused_value_dims", vector.FusedValueDims },
        { "lead", CpuVectorTile.Lead },
        { "registers", vector.VectorBits == 512 ? 32 : 16 },
        { "value_tiles", vector.ValueTiles.Select(static tile => new TemplateObject { { "dims", tile.Dims }, { "count", tile.Count } }) },
    };

    private static IEnumerable<TemplateObject> KernelModels(CpuVariant variant) =>
        variant.Tiling.Vectors.Select(vector => new TemplateObject
    {
        { "name", variant.KernelName(vector.VectorBits) },
        { "materialized", variant.Configuration.Family == KernelFamily.Materialized },
        { "element", variant.Configuration.ElementType.CSharpName() },
        { "bits", vector.VectorBits },
    });
}
