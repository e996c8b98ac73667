using System.Collections.Generic;
using System.Collections.Immutable;
using System.Threading;
using KernelGen.Generator.Model;
using KernelGen.Generator.Model.Sm90a;
using KernelGen.Generator.Rendering;

namespace KernelGen.Generator.Emission;

/// <summary>The streaming kernels of the target <c>sm90a</c> for head dims above 256: two warpgroups share the rows, two blocks what is copied.</summary>
internal static class Sm90aWideStreamingKernel
{
    /// <summary>True for the head dims that these kernels are for.</summary>
    /// <param name="headDim">The head dim.</param>
    public static bool IsFor(int headDim) => headDim > Sm90aLimits.LargestUndividedHeadDim;

    /// <summary>All rows of a tile that there are variants for.</summary>
    public static IReadOnlyList<int> TileRowChoices { get; } = [Sm90aWideStreamingTiling.TileRows];

    /// <summary>The workspace formula of a variant: it needs one only where keys are split.</summary>
    /// <param name="configuration">A variant with such a head dim.</param>
    public static KernelFootprint Footprint(KernelConfiguration configuration) => new(
        Sm90aWideStreamingTiling.TileRows, Sm90aWideStreamingTiling.TileKeys, BytesPerScore: 0, WorkerBytes: 0, KeySplitMerge.PartialBytesPerRow(configuration.HeadDim));

    /// <summary>The launches of a variant, in order.</summary>
    /// <param name="configuration">A variant with such a head dim.</param>
    public static ImmutableArray<CudaStage> Stages(KernelConfiguration configuration)
    {
        Sm90aWideStreamingTiling tiling = Tiling(configuration);
        return
        [
            new(EntryPoint(configuration), Sm90aWideStreamingTiling.Threads, tiling.SharedBytes, Sm90aWideStreamingTiling.TileRows)
            {
                ClusterBlocks = Sm90aWideStreamingTiling.ClusterBlocks,
                TensorBoxes =
                [
                    new(tiling.Rows.PanelDims, Sm90aWideStreamingTiling.TileRows),
                    new(tiling.Rows.PanelDims, Sm90aWideStreamingTiling.GroupKeys),
                    new(tiling.Values.PanelDims, Sm90aWideStreamingTiling.ValueChunkKeys),
                ],
            },
            KeySplitMerge.Stage(EntryPoint(configuration)),
        ];
    }

    /// <summary>What the source of a variant includes, in the order of its <c>#include</c> lines.</summary>
    public static ImmutableArray<CudaHeaderTemplate> Headers { get; } =
    [
        CudaHeaderTemplate.Primitives,
        new("sm90a/primitives"),
        CudaHeaderTemplate.Score,
        new("sm90a/wide_tiles"),
        CudaHeaderTemplate.Slice,
        CudaHeaderTemplate.KeySplits,
        new("sm90a/wide_streaming"),
    ];

    /// <summary>Renders the translation unit of a variant.</summary>
    /// <param name="templates">The templates.</param>
    /// <param name="configuration">A variant with such a head dim.</param>
    /// <param name="cancellationToken">Stops the rendering.</param>
    /// <returns>CUDA C that includes its <see cref="Headers"/>.</returns>
    public static string Render(TemplateLibrary templates, KernelConfiguration configuration, CancellationToken cancellationToken)
    {
        Sm90aWideStreamingTiling tiling = Tiling(configuration);
        TemplateObject model = new()
        {
            { "id", configuration.Id },
            { "entry_point", EntryPoint(configuration) },
            { "element", configuration.ElementType == ElementType.Float16 ? "kg_f16" : "kg_bf16" },
            { "element_name", configuration.ElementType.ToString() },
            { "product_type", configuration.ElementType == ElementType.Float16 ? "f16" : "bf16" },
            { "head_dim", configuration.HeadDim },
            { "groups", Sm90aWideStreamingTiling.Groups },
            { "cluster_blocks", Sm90aWideStreamingTiling.ClusterBlocks },
            { "threads", Sm90aWideStreamingTiling.Threads },
            { "tile_rows", Sm90aWideStreamingTiling.TileRows },
            { "tile_keys", Sm90aWideStreamingTiling.TileKeys },
            { "group_keys", Sm90aWideStreamingTiling.GroupKeys },
            { "stages", tiling.Stages },
            { "stage_bytes", tiling.StageBytes },
            { "row_panel_dims", tiling.Rows.PanelDims },
            { "row_panels", tiling.Rows.Count },
            { "key_chunk_panels", tiling.KeyChunkPanels },
            { "key_chunks", tiling.KeyChunks },
            { "value_panel_dims", tiling.Values.PanelDims },
            { "value_panels", tiling.ValuePanels },
            { "value_dims", tiling.ValueDims },
            { "value_chunk_keys", Sm90aWideStreamingTiling.ValueChunkKeys },
            { "shared_bytes", tiling.SharedBytes },
            { "producer_registers", Sm90aWideStreamingTiling.ProducerRegisters },
            { "consumer_registers", Sm90aWideStreamingTiling.ConsumerRegisters },
            { "array_registers", tiling.ArrayRegisters },
        };
        return templates.Render("cuda/sm90a/wide_streaming.cu.sbn", model, cancellationToken);
    }

    private static Sm90aWideStreamingTiling Tiling(KernelConfiguration configuration) =>
        Sm90aWideStreamingTiling.For(configuration.HeadDim, configuration.SliceRows);

    private static string EntryPoint(KernelConfiguration configuration) => configuration.Id.Replace('-', '_');
}
