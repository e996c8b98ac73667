using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using KernelGen.Generator.Model;
using KernelGen.Generator.Rendering;

namespace KernelGen.Generator.Emission;

/// <summary>Renders the CPU kernels of one head dim: a private class nested in the user's, with one method per family, element type and vector width.</summary>
internal static class CpuKernelUnit
{
    /// <summary>The name of the class for a head dim, such as <c>CpuD40</c>.</summary>
    public static string ClassName(int headDim) => string.Format(CultureInfo.InvariantCulture, "CpuD{0}", headDim);

    /// <summary>The name of the method that matches the <c>CpuKernel</c> delegate, such as <c>StreamingF16Vector512</c>.</summary>
    /// <param name="family">The family.</param>
    /// <param name="elementType">The element type.</param>
    /// <param name="vectorBits">512, 256 or 128.</param>
    public static string KernelName(KernelFamily family, ElementType elementType, int vectorBits) =>
        string.Format(CultureInfo.InvariantCulture, "{0}{1}Vector{2}", family, ShortName(elementType), vectorBits);

    /// <summary>Query rows of a tile.</summary>
    /// <param name="headDim">The head dim.</param>
    public static int TileRows(int headDim) => CpuTiling.For(headDim).TileRows;

    /// <summary>The most tiles that a kernel takes at a time: one where scores are kept, so that they are still in a cache when they become weights.</summary>
    /// <param name="configuration">A variant of the target <c>cpu</c>.</param>
    public static int TilesPerCall(KernelConfiguration configuration) =>
        configuration.Family == KernelFamily.Materialized ? 1 : CpuTiling.For(configuration.HeadDim).TilesPerCall;

    /// <summary>The workspace formula of a variant.</summary>
    /// <param name="configuration">A variant of the target <c>cpu</c>.</param>
    public static KernelFootprint Footprint(KernelConfiguration configuration)
    {
        CpuTiling tiling = CpuTiling.For(configuration.HeadDim);
        return new(
            tiling.TileRows,
            CpuTiling.KeyStep,
            configuration.Family == KernelFamily.Materialized ? sizeof(float) : 0,
            tiling.Scratch.Bytes);
    }

    /// <summary>Renders the class, <c>private static unsafe class CpuD40 { ... }</c>, without indentation.</summary>
    /// <param name="templates">The templates.</param>
    /// <param name="headDim">The head dim.</param>
    /// <param name="kinds">The families and element types to make kernels for.</param>
    /// <param name="cancellationToken">Stops the rendering.</param>
    public static string Render(
        TemplateLibrary templates, int headDim, IReadOnlyCollection<(KernelFamily Family, ElementType ElementType)> kinds, CancellationToken cancellationToken)
    {
        CpuTiling tiling = CpuTiling.For(headDim);
        CpuScratch scratch = tiling.Scratch;
        TemplateObject model = new()
        {
            { "class_name", ClassName(headDim) },
            { "head_dim", headDim },
            { "tile_rows", tiling.TileRows },
            { "tiles_per_call", tiling.TilesPerCall },
            { "key_block", tiling.KeyBlock },
            { "key_step", CpuTiling.KeyStep },
            { "mask_step", CpuTiling.MaskStep },
            { "block_kib", tiling.KeyBlock * headDim * sizeof(float) / 1024 },
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
            { "streaming", kinds.Any(kind => kind.Family == KernelFamily.Streaming) },
            { "materialized", kinds.Any(kind => kind.Family == KernelFamily.Materialized) },
            { "vectors", tiling.Vectors.Select(VectorModel) },
            { "kernels", kinds.OrderByDescending(kind => kind.Family).ThenBy(kind => kind.ElementType).SelectMany(kind => KernelModels(tiling, kind.Family, kind.ElementType)) },
        };
        return templates.Render("cpu/kernels.cs.sbn", model, cancellationToken);
    }

    private static TemplateObject VectorModel(CpuVectorTile vector) => new()
    {
        { "bits", vector.VectorBits },
        { "lanes", vector.Lanes },
        { "score_keys", vector.ScoreKeys },
        { "first_value_dims", vector.FirstValueDims },
        { "lead", CpuVectorTile.Lead },
        { "value_tiles", vector.ValueTiles.Select(tile => new TemplateObject { { "dims", tile.Dims }, { "count", tile.Count } }) },
    };

    private static IEnumerable<TemplateObject> KernelModels(CpuTiling tiling, KernelFamily family, ElementType elementType) =>
        tiling.Vectors.Select(vector => new TemplateObject
        {
            { "name", KernelName(family, elementType, vector.VectorBits) },
            { "materialized", family == KernelFamily.Materialized },
            { "element", CSharpName(elementType) },
            { "bits", vector.VectorBits },
        });

    private static string ShortName(ElementType elementType) => elementType switch
    {
        ElementType.Float16 => "F16",
        ElementType.BFloat16 => "BF16",
        ElementType.Float32 => "F32",
        _ => throw new ArgumentOutOfRangeException(nameof(elementType), elementType, "Not an element type."),
    };

    private static string CSharpName(ElementType elementType) => elementType switch
    {
        ElementType.Float16 => "global::System.Half",
        ElementType.BFloat16 => "global::KernelGen.Tensors.BFloat16",
        _ => "float",
    };
}
