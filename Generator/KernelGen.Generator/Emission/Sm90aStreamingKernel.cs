using System.Collections.Generic;
using System.Collections.Immutable;
using System.Threading;
using KernelGen.Generator.Model;
using KernelGen.Generator.Model.Sm90a;
using KernelGen.Generator.Rendering;

namespace KernelGen.Generator.Emission;

/// <summary>The <c>streaming</c> kernel of the target <c>sm90a</c> for 16-bit elements.</summary>
internal static class Sm90aStreamingKernel
{
    /// <summary>All rows of a tile that there are variants for, ascending; they give the same bits.</summary>
    /// <param name="headDim">The head dim.</param>
    public static IReadOnlyList<int> TileRowChoices(int headDim) => Sm90aStreamingTiling.TileRowChoices(headDim);

    /// <summary>The workspace formula of a variant: it needs one only where keys are split.</summary>
    /// <param name="configuration">A variant.</param>
    public static KernelFootprint Footprint(KernelConfiguration configuration)
    {
        Sm90aStreamingTiling tiling = Tiling(configuration);
        int partialBytes = tiling.SplitsKeys ? KeySplitMerge.PartialBytesPerRow(configuration.HeadDim) : 0;
        return new(tiling.TileRows, tiling.TileKeys, BytesPerScore: 0, WorkerBytes: 0, partialBytes);
    }

    /// <summary>The launches of a variant, in order.</summary>
    /// <param name="configuration">A variant.</param>
    public static ImmutableArray<CudaStage> Stages(KernelConfiguration configuration)
    {
        Sm90aStreamingTiling tiling = Tiling(configuration);
        string entryPoint = EntryPoint(configuration);
        return
        [
            new(entryPoint, tiling.Threads, tiling.SharedBytes, tiling.TileRows)
            {
                TensorBoxes =
                [
                    new(tiling.Rows.PanelDims, tiling.TileRows),
                    new(tiling.Rows.PanelDims, tiling.TileKeys),
                    new(tiling.Values.PanelDims, tiling.TileKeys),
                ],
                BlocksPerMultiprocessor = tiling.BlocksPerProcessor,
            },
            .. tiling.SplitsKeys ? new[] { KeySplitMerge.Stage(entryPoint) } : [],
        ];
    }

    /// <summary>What the source of a variant includes, in the order of its <c>#include</c> lines.</summary>
    public static ImmutableArray<CudaHeaderTemplate> Headers { get; } =
    [
        CudaHeaderTemplate.Primitives,
        new("sm90a/primitives"),
        CudaHeaderTemplate.Score,
        new("sm90a"),
        CudaHeaderTemplate.Slice,
        CudaHeaderTemplate.KeySplits,
        new("sm90a/streaming"),
    ];

    /// <summary>Renders the translation unit of a variant.</summary>
    /// <param name="templates">The templates.</param>
    /// <param name="configuration">A variant.</param>
    /// <param name="cancellationToken">Stops the rendering.</param>
    /// <returns>CUDA C that includes its <see cref="Headers"/>.</returns>
    public static string Render(TemplateLibrary templates, KernelConfiguration configuration, CancellationToken cancellationToken)
    {
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
            { "splits_keys", tiling.SplitsKeys },
            { "polynomial_every", tiling.PolynomialEvery },
            { "score_registers", tiling.TileKeys / 2 },
            { "sum_registers", tiling.Values.Dims / tiling.ColumnGroups / 2 },
        };
        return templates.Render("cuda/sm90a/streaming.cu.sbn", model, cancellationToken);
    }

    private static Sm90aStreamingTiling Tiling(KernelConfiguration configuration) => Sm90aStreamingTiling.For(configuration.HeadDim, configuration.SliceRows);

    private static string EntryPoint(KernelConfiguration configuration) => configuration.Id.Replace('-', '_');
}
