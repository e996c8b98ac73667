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

    /// <summary>The workspace formula of a variant: it needs one only for more keys than a chunk has.</summary>
    /// <param name="configuration">A variant with such a head dim.</param>
    public static KernelFootprint Footprint(KernelConfiguration configuration) =>
        KeyChunks.Footprint(Sm90aWideStreamingTiling.TileRows, Sm90aWideStreamingTiling.TileKeys, configuration.HeadDim);

    /// <summary>The launches of a variant, in order.</summary>
    /// <param name="configuration">A variant with such a head dim.</param>
    public static ImmutableArray<CudaStage> Stages(KernelConfiguration configuration)
    {
        Sm90aWideStreamingTiling tiling = Tiling(configuration);
        return
        [
            new(configuration.EntryPoint, Sm90aWideStreamingTiling.Threads, tiling.SharedBytes, Sm90aWideStreamingTiling.TileRows)
            {
                ClusterBlocks = Sm90aWideStreamingTiling.ClusterBlocks,
                TensorBoxes =
                [
                    new(tiling.Rows.PanelDims, Sm90aWideStreamingTiling.TileRows),
                    new(tiling.Rows.PanelDims, Sm90aWideStreamingTiling.GroupKeys),
                    new(tiling.Values.PanelDims, Sm90aWideStreamingTiling.ValuePartKeys),
                ],
            },
            KeyChunks.MergeStage(configuration.EntryPoint),
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
        CudaHeaderTemplate.KeyChunks,
        new("sm90a/wide_tiles"),
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
        TemplateObject model = Sm90aModel.Create(configuration);
        model.Add("groups", Sm90aWideStreamingTiling.Groups);
        model.Add("cluster_blocks", Sm90aWideStreamingTiling.ClusterBlocks);
        model.Add("threads", Sm90aWideStreamingTiling.Threads);
        model.Add("tile_rows", Sm90aWideStreamingTiling.TileRows);
        model.Add("tile_keys", Sm90aWideStreamingTiling.TileKeys);
        model.Add("chunk_keys", KeyChunks.Keys(Sm90aWideStreamingTiling.TileKeys, configuration.HeadDim));
        model.Add("group_keys", Sm90aWideStreamingTiling.GroupKeys);
        model.Add("stages", tiling.Stages);
        model.Add("stage_bytes", tiling.StageBytes);
        model.Add("row_panel_dims", tiling.Rows.PanelDims);
        model.Add("row_panels", tiling.Rows.Count);
        model.Add("key_part_panels", tiling.KeyPartPanels);
        model.Add("key_parts", tiling.KeyParts);
        model.Add("value_panel_dims", tiling.Values.PanelDims);
        model.Add("value_panels", tiling.ValuePanels);
        model.Add("value_dims", tiling.ValueDims);
        model.Add("value_part_keys", Sm90aWideStreamingTiling.ValuePartKeys);
        model.Add("shared_bytes", tiling.SharedBytes);
        model.Add("producer_registers", Sm90aWideStreamingTiling.ProducerRegisters);
        model.Add("consumer_registers", Sm90aWideStreamingTiling.ConsumerRegisters);
        model.Add("array_registers", tiling.ArrayRegisters);
        return templates.Render("cuda/sm90a/wide_streaming.cu.sbn", model, cancellationToken);
    }

    private static Sm90aWideStreamingTiling Tiling(KernelConfiguration configuration) =>
        Sm90aWideStreamingTiling.For(configuration.HeadDim, configuration.SliceRows);
}
