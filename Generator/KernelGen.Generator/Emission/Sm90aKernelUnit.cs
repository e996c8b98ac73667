using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Threading;
using KernelGen.Generator.Model;
using KernelGen.Generator.Model.Sm90a;
using KernelGen.Generator.Rendering;

namespace KernelGen.Generator.Emission;

/// <summary>The CUDA C of the target <c>sm90a</c>: products of warpgroups and asynchronous tensor copies, for compute capability 9.0.</summary>
internal static class Sm90aKernelUnit
{
    /// <summary>True for the element types that there are kernels for: the 16-bit ones.</summary>
    /// <param name="elementType">The element type.</param>
    public static bool Supports(ElementType elementType) => elementType is ElementType.Float16 or ElementType.BFloat16;

    /// <summary>All rows of a tile that there are <c>streaming</c> variants for, ascending; they give the same bits.</summary>
    /// <param name="headDim">The head dim.</param>
    public static IReadOnlyList<int> StreamingTileRowChoices(int headDim) => Sm90aStreamingTiling.TileRowChoices(headDim);

    /// <summary>The most keys and the rows of a tile of the <c>streaming</c> variants for few keys.</summary>
    /// <param name="headDim">The head dim.</param>
    public static IEnumerable<(int MaximumKeys, int TileRows)> ShortKeys(int headDim) => Sm90aShortKeysKernel.Choices(headDim);

    /// <summary>The workspace formula of a variant.</summary>
    /// <param name="configuration">A variant of the target <c>sm90a</c>.</param>
    public static KernelFootprint Footprint(KernelConfiguration configuration) => configuration switch
    {
        { Family: KernelFamily.Materialized } => Sm90aMaterializedKernel.Footprint(configuration),
        { MaximumKeys: > 0 } => Sm90aShortKeysKernel.Footprint(configuration),
        _ => new(configuration.SliceRows, Tiling(configuration).TileKeys, BytesPerScore: 0, WorkerBytes: 0),
    };

    /// <summary>The launches of a variant, in order.</summary>
    /// <param name="configuration">A variant of the target <c>sm90a</c>.</param>
    public static ImmutableArray<CudaStage> Stages(KernelConfiguration configuration)
    {
        if (configuration.Family == KernelFamily.Materialized)
            return Sm90aMaterializedKernel.Stages(configuration);
        if (configuration.MaximumKeys > 0)
            return Sm90aShortKeysKernel.Stages(configuration);

        Sm90aStreamingTiling tiling = Tiling(configuration);
        return
        [
            new(EntryPoint(configuration), tiling.Threads, tiling.SharedBytes, tiling.TileRows)
            {
                TensorBoxes =
                [
                    new(tiling.Rows.PanelDims, tiling.TileRows),
                    new(tiling.Rows.PanelDims, tiling.TileKeys),
                    new(tiling.Values.PanelDims, tiling.TileKeys),
                ],
            },
        ];
    }

    /// <summary>What the source of a variant includes, in the order of its <c>#include</c> lines.</summary>
    /// <param name="configuration">A variant of the target <c>sm90a</c>.</param>
    public static ImmutableArray<CudaHeaderTemplate> Headers(KernelConfiguration configuration) => configuration switch
    {
        { Family: KernelFamily.Materialized } => Sm90aMaterializedKernel.Headers,
        { MaximumKeys: > 0 } => Sm90aShortKeysKernel.Headers,
        _ => [CudaHeaderTemplate.Primitives, new("sm90a/primitives"), CudaHeaderTemplate.Score, new("sm90a"), CudaHeaderTemplate.Slice, new("sm90a/streaming")],
    };

    /// <summary>Renders the translation unit of a variant.</summary>
    /// <param name="templates">The templates.</param>
    /// <param name="configuration">A variant of the target <c>sm90a</c>.</param>
    /// <param name="cancellationToken">Stops the rendering.</param>
    /// <returns>CUDA C that includes its <see cref="Headers"/>.</returns>
    public static string Render(TemplateLibrary templates, KernelConfiguration configuration, CancellationToken cancellationToken)
    {
        if (configuration.Target != KernelTarget.Sm90a)
            throw new ArgumentException($"{configuration.Id} is not a variant of the target sm90a.", nameof(configuration));
        if (!Supports(configuration.ElementType))
        {
            throw new ArgumentException(
                $"Target sm90a has kernels for Float16 and BFloat16, not {configuration.Id}; use target simt.",
                nameof(configuration));
        }

        if (configuration.Family == KernelFamily.Materialized)
            return Sm90aMaterializedKernel.Render(templates, configuration, cancellationToken);
        if (configuration.MaximumKeys > 0)
            return Sm90aShortKeysKernel.Render(templates, configuration, cancellationToken);

        Sm90aStreamingTiling tiling = Tiling(configuration);
        TemplateObject model = new()
        {
            { "id", configuration.Id },
            { "entry_point", EntryPoint(configuration) },
            { "element", configuration.ElementType == ElementType.Float16 ? "kg_f16" : "kg_bf16" },
            { "element_name", configuration.ElementType.ToString() },
            { "product_type", configuration.ElementType == ElementType.Float16 ? "f16" : "bf16" },
            { "head_dim", configuration.HeadDim },
            { "consumers", tiling.Consumers },
            { "column_groups", tiling.ColumnGroups },
            { "threads", tiling.Threads },
            { "blocks_per_processor", tiling.BlocksPerProcessor },
            { "tile_rows", tiling.TileRows },
            { "tile_keys", tiling.TileKeys },
            { "stages", tiling.Stages },
            { "row_panel_dims", tiling.Rows.PanelDims },
            { "row_panels", tiling.Rows.Count },
            { "value_panel_dims", tiling.Values.PanelDims },
            { "value_panels", tiling.Values.Count },
            { "query_bytes", tiling.Rows.TileBytes(tiling.TileRows) },
            { "key_bytes", tiling.Rows.TileBytes(tiling.TileKeys) },
            { "value_bytes", tiling.Values.TileBytes(tiling.TileKeys) },
            { "shared_bytes", tiling.SharedBytes },
            { "producer_registers", tiling.ProducerRegisters },
            { "consumer_registers", tiling.ConsumerRegisters },
            { "array_registers", tiling.ArrayRegisters },
            { "ping_pong", tiling.PingPong },
            { "score_registers", tiling.TileKeys / 2 },
            { "sum_registers", tiling.Values.Dims / tiling.ColumnGroups / 2 },
        };
        return templates.Render("cuda/sm90a/streaming.cu.sbn", model, cancellationToken);
    }

    private static Sm90aStreamingTiling Tiling(KernelConfiguration configuration) => Sm90aStreamingTiling.For(configuration.HeadDim, configuration.SliceRows);

    private static string EntryPoint(KernelConfiguration configuration) => configuration.Id.Replace('-', '_');
}
