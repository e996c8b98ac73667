using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using KernelGen.Generator.Model;
using KernelGen.Generator.Model.Sm80;
using KernelGen.Generator.Rendering;

namespace KernelGen.Generator.Emission;

/// <summary>The CUDA C of the target <c>sm80</c>: tensor cores by <c>mma.sync</c>, asynchronous copies, for every GPU from compute capability 8.0.</summary>
internal static class Sm80KernelUnit
{
    /// <summary>True for the element types that the tensor cores multiply with full accumulation: the 16-bit ones.</summary>
    /// <param name="elementType">The element type.</param>
    public static bool Supports(ElementType elementType) => elementType is ElementType.Float16 or ElementType.BFloat16;

    /// <summary>Query rows of a tile of a streaming variant, which is its slice size: the most of those that there are.</summary>
    /// <param name="elementType">The element type; the tiles of both are the same.</param>
    /// <param name="headDim">The head dim.</param>
    public static int StreamingTileRows(ElementType elementType, int headDim) => StreamingTileRowChoices(headDim).Max();

    /// <summary>All rows of a tile that there are <c>streaming</c> variants for, ascending; they give the same bits.</summary>
    /// <param name="headDim">The head dim.</param>
    public static IReadOnlyList<int> StreamingTileRowChoices(int headDim) => Sm80StreamingTiling.TileRowChoices(headDim);

    /// <summary>The values of <see cref="KernelConfiguration.MaximumKeys"/> that there are <c>streaming</c> variants for, ascending; their slice size is <see cref="ShortKeysTileRows"/>.</summary>
    /// <param name="headDim">The head dim.</param>
    public static IReadOnlyList<int> ShortKeys(int headDim) => Sm80ShortKeysTiling.Choices(headDim);

    /// <summary>The rows of a tile of the variants for few keys.</summary>
    public const int ShortKeysTileRows = Sm80ShortKeysTiling.TileRows;

    /// <summary>The workspace formula of a variant.</summary>
    /// <param name="configuration">A variant of the target <c>sm80</c>.</param>
    public static KernelFootprint Footprint(KernelConfiguration configuration)
    {
        if (configuration.Family == KernelFamily.Materialized)
        {
            Sm80MaterializedTiling tiling = Sm80MaterializedTiling.For(configuration.HeadDim);
            return new(tiling.TileRows, tiling.TileKeys, sizeof(float), WorkerBytes: 0);
        }

        return configuration.MaximumKeys > 0
            ? new(Sm80ShortKeysTiling.TileRows, configuration.MaximumKeys, BytesPerScore: 0, WorkerBytes: 0)
            : KeyChunks.Footprint(configuration.SliceRows, Streaming(configuration).TileKeys, configuration.HeadDim);
    }

    /// <summary>It multiplies on tensor cores, a warp at a time.</summary>
    /// <param name="configuration">A variant of the target <c>sm80</c>.</param>
    public static KernelTraits Traits(KernelConfiguration configuration) => KernelTraits.Of(ProductUnit.WarpProducts, configuration.Family);

    /// <summary>The launches of a variant, in order.</summary>
    /// <param name="configuration">A variant of the target <c>sm80</c>.</param>
    public static ImmutableArray<CudaStage> Stages(KernelConfiguration configuration)
    {
        string entryPoint = configuration.EntryPoint;
        if (configuration.Family == KernelFamily.Materialized)
        {
            Sm80MaterializedTiling tiling = Sm80MaterializedTiling.For(configuration.HeadDim);
            return
            [
                new(entryPoint + "_scores", Sm80Limits.Threads, tiling.ScoresSharedBytes, tiling.TileRows),
                new(entryPoint + "_softmax", Sm80MaterializedTiling.SoftmaxThreads, SharedBytes: 0, Sm80MaterializedTiling.SoftmaxRows),
                new(entryPoint + "_values", Sm80Limits.Threads, tiling.ValuesSharedBytes, tiling.TileRows),
            ];
        }

        return configuration.MaximumKeys > 0
            ? [new(entryPoint, Sm80Limits.Threads, ShortKeysTiling(configuration).SharedBytes, Sm80ShortKeysTiling.TileRows)]
            : [new(entryPoint, Sm80Limits.Threads, Streaming(configuration).SharedBytes, configuration.SliceRows), KeyChunks.MergeStage(entryPoint)];
    }

    /// <summary>Renders the translation unit of a variant.</summary>
    /// <param name="templates">The templates.</param>
    /// <param name="configuration">A variant of the target <c>sm80</c>.</param>
    /// <param name="cancellationToken">Stops the rendering.</param>
    /// <returns>CUDA C that includes its <see cref="Headers"/>.</returns>
    public static string Render(TemplateLibrary templates, KernelConfiguration configuration, CancellationToken cancellationToken)
    {
        if (configuration.Target != KernelTarget.Sm80)
            throw new ArgumentException($"{configuration.Id} is not a variant of the target sm80.", nameof(configuration));
        if (!Supports(configuration.ElementType))
            throw new ArgumentException($"Target sm80 has kernels for Float16 and BFloat16, not for {configuration.ElementType}; use target simt.", nameof(configuration));

        return templates.Render($"cuda/{Part(configuration)}.cu.sbn", Model(configuration), cancellationToken);
    }

    /// <summary>What the source of a variant includes, in the order of its <c>#include</c> lines.</summary>
    /// <param name="configuration">A variant of the target <c>sm80</c>.</param>
    public static ImmutableArray<CudaHeaderTemplate> Headers(KernelConfiguration configuration) =>
    [
        CudaHeaderTemplate.Primitives,
        CudaHeaderTemplate.Score,
        new("sm80"),
        CudaHeaderTemplate.Slice,
        .. configuration.Family == KernelFamily.Materialized
            ? new[] { CudaHeaderTemplate.KeyChunks, CudaHeaderTemplate.Reductions, CudaHeaderTemplate.Materialized }
            : configuration.MaximumKeys > 0 ? [] : [CudaHeaderTemplate.KeyChunks],
        new(Part(configuration)),
    ];

    // The kernel's template and the header of what it alone needs have the same name.
    private static string Part(KernelConfiguration configuration)
    {
        if (configuration.Family == KernelFamily.Materialized)
            return "sm80/materialized";
        if (configuration.MaximumKeys > 0)
            return "sm80/short_keys";
        return Streaming(configuration).IsSplit ? "sm80/streaming_split" : "sm80/streaming";
    }

    private static TemplateObject Model(KernelConfiguration configuration)
    {
        TemplateObject model = CommonModel(configuration);
        if (configuration.Family == KernelFamily.Materialized)
            return AddMaterialized(model, configuration);
        return configuration.MaximumKeys > 0 ? AddShortKeys(model, configuration) : AddStreaming(model, Streaming(configuration));
    }

    private static Sm80StreamingTiling Streaming(KernelConfiguration configuration) => Sm80StreamingTiling.For(configuration.HeadDim, configuration.SliceRows);

    private static Sm80ShortKeysTiling ShortKeysTiling(KernelConfiguration configuration) => new(configuration.HeadDim, configuration.MaximumKeys);

    private static TemplateObject CommonModel(KernelConfiguration configuration)
    {
        Sm80Rows rows = Sm80Rows.For(configuration.HeadDim);
        return new()
        {
            { "id", configuration.Id },
            { "entry_point", configuration.EntryPoint },
            { "element", configuration.ElementType == ElementType.Float16 ? "kg_f16" : "kg_bf16" },
            { "element_name", configuration.ElementType.ToString() },
            { "head_dim", configuration.HeadDim },
            { "threads", Sm80Limits.Threads },
            { "row_bytes", rows.Bytes },
            { "swizzled", rows.Swizzled },
        };
    }

    private static TemplateObject AddStreaming(TemplateObject model, Sm80StreamingTiling tiling)
    {
        model.Add("tile_rows", tiling.TileRows);
        model.Add("tile_keys", tiling.TileKeys);
        model.Add("chunk_keys", KeyChunks.Keys(tiling.TileKeys, tiling.HeadDim));
        model.Add("row_tiles", tiling.RowTiles);
        model.Add("stages", tiling.Stages);
        model.Add("query_in_registers", tiling.QueryInRegisters);
        model.Add("probability_bytes", Sm80StreamingTiling.ProbabilityBytes);
        model.Add("shared_bytes", tiling.SharedBytes);
        model.Add("expected_registers", tiling.ExpectedRegisters);
        return model;
    }

    private static TemplateObject AddShortKeys(TemplateObject model, KernelConfiguration configuration)
    {
        Sm80ShortKeysTiling tiling = ShortKeysTiling(configuration);
        model.Add("tile_rows", Sm80ShortKeysTiling.TileRows);
        model.Add("pass_rows", Sm80ShortKeysTiling.PassRows);
        model.Add("tile_keys", tiling.MaximumKeys);
        model.Add("chunk_keys", 0);
        model.Add("shared_bytes", tiling.SharedBytes);
        model.Add("expected_registers", tiling.ExpectedRegisters);
        return model;
    }

    private static TemplateObject AddMaterialized(TemplateObject model, KernelConfiguration configuration)
    {
        Sm80MaterializedTiling tiling = Sm80MaterializedTiling.For(configuration.HeadDim);
        model.Add("slice_rows", configuration.SliceRows);
        model.Add("tile_rows", tiling.TileRows);
        model.Add("tile_keys", tiling.TileKeys);
        model.Add("chunk_keys", KeyChunks.Keys(tiling.TileKeys, tiling.HeadDim));
        model.Add("scores_shared_bytes", tiling.ScoresSharedBytes);
        model.Add("values_shared_bytes", tiling.ValuesSharedBytes);
        model.Add("softmax_threads", Sm80MaterializedTiling.SoftmaxThreads);
        model.Add("softmax_rows", Sm80MaterializedTiling.SoftmaxRows);
        model.Add("probability_scale", configuration.ElementType == ElementType.Float16 ? "32768.0f" : "1.0f");
        model.Add("expected_registers", tiling.ExpectedRegisters);
        return model;
    }
}
