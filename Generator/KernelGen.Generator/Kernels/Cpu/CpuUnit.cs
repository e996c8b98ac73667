using System.Collections.Generic;
using System.Linq;
using KernelGen.Generator.Model;
using KernelGen.Generator.Rendering;

namespace KernelGen.Generator.Kernels.Cpu;

/// <summary>The class of a head dim: the kernels of all its variants.</summary>
internal static class CpuUnit
{
    /// <summary>The template variables of the class.</summary>
    /// <param name="variants">The variants of one head dim. Those of the same family and element type share their kernels.</param>
    public static TemplateObject Model(IReadOnlyList<CpuVariant> variants)
    {
        CpuTiling tiling = variants[0].Tiling;
        CpuScratch scratch = tiling.Scratch;
        return new()
        {
            { "class_name", variants[0].UnitClass },
            { "head_dim", tiling.HeadDim },
            { "tile_rows", CpuTiling.TileRows },
            { "tiles_per_call", tiling.TilesPerCall },
            { "key_block", tiling.KeyBlock },
            { "key_step", CpuTiling.KeyStep },
            { "mask_step", CpuTiling.MaskStep },
            { "block_kib", tiling.KeyBlock * tiling.HeadDim * sizeof(float) / 1024 },
            { "scores_kib", tiling.KeyBlock * tiling.MaxLanes * sizeof(float) / 1024 },
            { "worker_bytes", scratch.Bytes },
            { "queries_at", scratch.Queries },
            { "output_at", scratch.Output },
            { "keys_at", scratch.Keys },
            { "values_at", scratch.Values },
            { "scores_at", scratch.Scores },
            { "bias_rows_at", scratch.BiasRows },
            { "bias_lanes_at", scratch.BiasLanes },
            { "maximum_at", scratch.Maximum },
            { "sum_at", scratch.Sum },
            { "new_maximum_at", scratch.NewMaximum },
            { "rescale_at", scratch.Rescale },
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
        { "first_value_dims", vector.FirstValueDims },
        { "lead", CpuVectorTile.Lead },
        { "value_tiles", vector.ValueTiles.Select(static tile => new TemplateObject { { "dims", tile.Dims }, { "count", tile.Count } }) },
    };

    private static IEnumerable<TemplateObject> KernelModels(CpuVariant variant) => variant.Tiling.Vectors.Select(vector => new TemplateObject
    {
        { "name", variant.KernelName(vector.VectorBits) },
        { "materialized", variant.Configuration.Family == KernelFamily.Materialized },
        { "element", variant.Configuration.ElementType.CSharpName() },
        { "bits", vector.VectorBits },
    });
}
