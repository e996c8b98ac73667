using KernelGen.Generator.Model;
using KernelGen.Generator.Rendering;

namespace KernelGen.Generator.Kernels.Cpu;

/// <summary>The class of a head dim: the kernels of all its variants.</summary>
internal static class CpuUnit
{
    /// <summary>The template variables of the class.</summary>
    /// <param name="plainScores">What finishes scores is the generator's own template.</param>
    public static TemplateObject Model(IReadOnlyList<CpuVariant> variants, bool plainScores = true)
    {
        CpuTiling tiling = variants[0].Tiling;
        TemplateObject model = new()
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
            { "streaming_bytes", tiling.Streaming.Bytes },
            { "materialized_bytes", tiling.Materialized.Bytes(CpuTiling.TileRows) },
            { "small_materialized_bytes", tiling.Materialized.Bytes(CpuTiling.SmallTileRows) },
            { "few_rows", CpuTiling.FewRows },
            { "few_queries_bytes", tiling.FewQueriesBytes },
            { "plain_scores", plainScores },
            { "totals_at", tiling.Streaming.Bytes },
            { "streaming", variants.Any(static variant => variant.Configuration.Family == KernelFamily.Streaming) },
            { "materialized", variants.Any(static variant => variant.Configuration.Family == KernelFamily.Materialized) },
            { "vectors", tiling.Vectors.Select(VectorModel) },
            {
                "kernels", variants
                    .GroupBy(static variant => (variant.Method, variant.Configuration.ElementType))
                    .OrderByDescending(static kernels => kernels.Key.Method, StringComparer.Ordinal)
                    .ThenBy(static kernels => kernels.Key.ElementType)
                    .SelectMany(static kernels => KernelModels(kernels.First()))
            },
        };
        foreach ((string name, int at, _) in tiling.Streaming.Parts.Concat(tiling.Materialized.Parts))
            model.Add(name, at);
        return model;
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
        { "method", variant.Method },
        { "few_queries", variant.Footprint.ChunksApart },
        { "scores", variant.Method != nameof(KernelFamily.Streaming) },
        { "element", variant.Configuration.ElementType.CSharpName() },
        { "bits", vector.VectorBits },
    });
}
