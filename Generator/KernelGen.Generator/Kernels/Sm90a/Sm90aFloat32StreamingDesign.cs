using System.Collections.Generic;
using System.Collections.Immutable;
using System.Threading;
using KernelGen.Generator.Model;
using KernelGen.Generator.Model.Sm90a;
using KernelGen.Generator.Rendering;

namespace KernelGen.Generator.Emission;

/// <summary>The Float32 <c>streaming</c> kernel of the target <c>sm90a</c>: numbers are split into halves of 16 bits, three products of halves make one.</summary>
internal static class Sm90aFloat32StreamingKernel
{
    /// <summary>What the source of a variant includes, in the order of its <c>#include</c> lines.</summary>
    public static ImmutableArray<CudaHeaderTemplate> Headers { get; } =
    [
        CudaHeaderTemplate.Primitives,
        new("sm90a/primitives"),
        CudaHeaderTemplate.Score,
        new("sm90a/float32_tiles"),
        CudaHeaderTemplate.Slice,
        CudaHeaderTemplate.KeyChunks,
        new("sm90a/float32_streaming"),
    ];

    /// <summary>All rows of a tile that there are variants for, ascending; they give the same bits. None where the head dim is too large.</summary>
    /// <param name="headDim">The head dim.</param>
    public static IReadOnlyList<int> TileRowChoices(int headDim) => Sm90aFloat32StreamingTiling.TileRowChoices(headDim);

    /// <summary>The workspace formula of a variant: it needs one only for more keys than a chunk has.</summary>
    /// <param name="configuration">A variant of this kernel.</param>
    public static KernelFootprint Footprint(KernelConfiguration configuration) =>
        KeyChunks.Footprint(configuration.SliceRows, Tiling(configuration).TileKeys, configuration.HeadDim);

    /// <summary>The launches of a variant, in order. It needs no tensor maps, so Q, K and V may lie at any address and have any strides.</summary>
    /// <param name="configuration">A variant of this kernel.</param>
    public static ImmutableArray<CudaStage> Stages(KernelConfiguration configuration)
    {
        Sm90aFloat32StreamingTiling tiling = Tiling(configuration);
        return [new(configuration.EntryPoint, tiling.Threads, tiling.SharedBytes, tiling.TileRows), KeyChunks.MergeStage(configuration.EntryPoint)];
    }

    /// <summary>Renders the translation unit of a variant.</summary>
    /// <param name="templates">The templates.</param>
    /// <param name="configuration">A variant of this kernel.</param>
    /// <param name="cancellationToken">Stops the rendering.</param>
    /// <returns>CUDA C that includes its <see cref="Headers"/>.</returns>
    public static string Render(TemplateLibrary templates, KernelConfiguration configuration, CancellationToken cancellationToken)
    {
        Sm90aFloat32StreamingTiling tiling = Tiling(configuration);
        TemplateObject model = Sm90aModel.Create(configuration);
        model.Add("splitters", Sm90aFloat32StreamingTiling.Splitters);
        model.Add("consumers", tiling.Consumers);
        model.Add("threads", tiling.Threads);
        model.Add("tile_rows", tiling.TileRows);
        model.Add("tile_keys", tiling.TileKeys);
        model.Add("chunk_keys", KeyChunks.Keys(tiling.TileKeys, configuration.HeadDim));
        model.Add("stages", tiling.Stages);
        model.Add("row_panel_dims", tiling.Rows.PanelDims);
        model.Add("value_panel_dims", tiling.Values.PanelDims);
        model.Add("value_panels", tiling.Values.Count);
        model.Add("value_parts", tiling.ValueParts);
        model.Add("query_half_bytes", tiling.QueryHalfBytes);
        model.Add("key_half_bytes", tiling.KeyHalfBytes);
        model.Add("value_half_bytes", tiling.ValueHalfBytes);
        model.Add("stage_bytes", tiling.StageBytes);
        model.Add("shared_bytes", tiling.SharedBytes);
        model.Add("splitter_registers", tiling.SplitterRegisters);
        model.Add("consumer_registers", tiling.ConsumerRegisters);
        model.Add("array_registers", tiling.ArrayRegisters);
        model.Add("sum_registers", tiling.Values.Dims / tiling.ValueParts / 2);
        return templates.Render("cuda/sm90a/float32_streaming.cu.sbn", model, cancellationToken);
    }

    private static Sm90aFloat32StreamingTiling Tiling(KernelConfiguration configuration) =>
        Sm90aFloat32StreamingTiling.For(configuration.HeadDim, configuration.SliceRows);
}
