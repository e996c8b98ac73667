using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using KernelGen.Generator.Model;
using KernelGen.Generator.Model.Sm90a;
using KernelGen.Generator.Rendering;

namespace KernelGen.Generator.Emission;

/// <summary>The <c>streaming</c> kernels of the target <c>sm90a</c> for few keys, such as the tokens of a prompt.</summary>
internal static class Sm90aShortKeysKernel
{
    /// <summary>The keys and rows that there are variants for; those for the same keys give the same bits.</summary>
    /// <param name="headDim">The head dim.</param>
    public static IEnumerable<(int MaximumKeys, int TileRows)> Choices(int headDim) =>
        Sm90aShortKeysTiling.Choices(headDim).Select(static tiling => (tiling.MaximumKeys, tiling.TileRows));

    /// <summary>What the source includes, in the order of its <c>#include</c> lines.</summary>
    public static ImmutableArray<CudaHeaderTemplate> Headers { get; } =
    [
        CudaHeaderTemplate.Primitives,
        new("sm90a/primitives"),
        CudaHeaderTemplate.Score,
        new("sm90a"),
        new("sm90a/tile_products"),
        CudaHeaderTemplate.Slice,
        new("sm90a/short_keys"),
    ];

    /// <summary>The workspace formula: it needs none.</summary>
    public static KernelFootprint Footprint(KernelConfiguration configuration) =>
        new(configuration.SliceRows, configuration.MaximumKeys, BytesPerScore: 0, WorkerBytes: 0);

    /// <summary>The launch, which takes maps of Q, K, V and the output.</summary>
    public static ImmutableArray<CudaStage> Stages(KernelConfiguration configuration)
    {
        Sm90aShortKeysTiling tiling = Tiling(configuration);
        CudaTensorBox rows = new(tiling.Rows.PanelDims, Sm90aLimits.WarpgroupRows);
        return
        [
            new(configuration.EntryPoint, tiling.Threads, tiling.SharedBytes, tiling.TileRows)
            {
                TensorBoxes = [rows, new(tiling.Rows.PanelDims, tiling.MaximumKeys), new(tiling.Values.PanelDims, tiling.MaximumKeys), rows],
                MinimumBlocks = tiling.BlocksPerProcessor,
            },
        ];
    }

    /// <summary>Renders the translation unit.</summary>
    public static string Render(TemplateLibrary templates, KernelConfiguration configuration, CancellationToken cancellationToken)
    {
        Sm90aShortKeysTiling tiling = Tiling(configuration);
        TemplateObject model = Sm90aModel.CreateWithLayout(configuration, tiling.MaximumKeys, Sm90aLimits.WarpgroupRows, tiling.Values, tiling.ColumnGroups, hasChunks: false);
        model.Add("column_groups", tiling.ColumnGroups);
        model.Add("tile_rows", tiling.TileRows);
        model.Add("warpgroups", tiling.Warpgroups);
        model.Add("threads", tiling.Threads);
        model.Add("stages", tiling.Stages);
        model.Add("blocks_per_processor", tiling.BlocksPerProcessor);
        model.Add("shared_bytes", tiling.SharedBytes);
        model.Add("array_registers", tiling.ArrayRegisters);
        model.Add("most_registers", tiling.LimitRegisters);
        return templates.Render("cuda/sm90a/short_keys.cu.sbn", model, cancellationToken);
    }

    private static Sm90aShortKeysTiling Tiling(KernelConfiguration configuration) =>
        Sm90aShortKeysTiling.For(configuration.HeadDim, configuration.MaximumKeys, configuration.SliceRows);
}
