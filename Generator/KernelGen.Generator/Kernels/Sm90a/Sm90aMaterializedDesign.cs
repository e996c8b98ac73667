using System.Collections.Immutable;
using System.Threading;
using KernelGen.Generator.Model;
using KernelGen.Generator.Model.Sm90a;
using KernelGen.Generator.Rendering;

namespace KernelGen.Generator.Emission;

/// <summary>The <c>materialized</c> kernels of the target <c>sm90a</c>: probabilities go through a workspace, and the map can be handed out.</summary>
internal static class Sm90aMaterializedKernel
{
    /// <summary>What the source includes, in the order of its <c>#include</c> lines.</summary>
    public static ImmutableArray<CudaHeaderTemplate> Headers { get; } =
    [
        CudaHeaderTemplate.Primitives,
        new("sm90a/primitives"),
        CudaHeaderTemplate.Score,
        new("sm90a"),
        new("sm90a/tile_products"),
        CudaHeaderTemplate.Slice,
        new("sm90a/materialized"),
    ];

    /// <summary>The workspace formula.</summary>
    public static KernelFootprint Footprint(KernelConfiguration configuration) => new(
        Sm90aMaterializedTiling.TileRows, Tiling(configuration).TileKeys, Sm90aMaterializedTiling.ProbabilityBytes, WorkerBytes: 0,
        TileRowBytes: Sm90aMaterializedTiling.TileRowBytes);

    /// <summary>The two launches; each takes maps of Q, K and V.</summary>
    public static ImmutableArray<CudaStage> Stages(KernelConfiguration configuration)
    {
        Sm90aMaterializedTiling tiling = Tiling(configuration);
        string entryPoint = configuration.EntryPoint;
        ImmutableArray<CudaTensorBox> boxes =
        [
            new(tiling.Rows.PanelDims, Sm90aMaterializedTiling.TileRows),
            new(tiling.Rows.PanelDims, tiling.TileKeys),
            new(tiling.Values.PanelDims, tiling.TileKeys),
        ];
        return
        [
            new(entryPoint + "_scores", Sm90aMaterializedTiling.Threads, tiling.ScoresSharedBytes, Sm90aMaterializedTiling.TileRows) { TensorBoxes = boxes },
            new(entryPoint + "_values", Sm90aMaterializedTiling.Threads, tiling.ValuesSharedBytes, tiling.ValueRows) { TensorBoxes = boxes },
        ];
    }

    /// <summary>Renders the translation unit.</summary>
    public static string Render(TemplateLibrary templates, KernelConfiguration configuration, CancellationToken cancellationToken)
    {
        Sm90aMaterializedTiling tiling = Tiling(configuration);
        TemplateObject model = Sm90aModel.CreateWithLayout(configuration, tiling.TileKeys, Sm90aMaterializedTiling.TileRows, tiling.Values, tiling.ColumnGroups);
        model.Add("column_groups", tiling.ColumnGroups);
        model.Add("slice_rows", configuration.SliceRows);
        model.Add("tile_rows", Sm90aMaterializedTiling.TileRows);
        model.Add("threads", Sm90aMaterializedTiling.Threads);
        model.Add("score_stages", tiling.ScoreStages);
        model.Add("value_stages", tiling.ValueStages);
        model.Add("scores_shared_bytes", tiling.ScoresSharedBytes);
        model.Add("values_shared_bytes", tiling.ValuesSharedBytes);
        model.Add("score_array_registers", tiling.ScoreArrayRegisters);
        model.Add("value_array_registers", tiling.ValueArrayRegisters);
        model.Add("producer_registers", Sm90aMaterializedTiling.ProducerRegisters);
        model.Add("consumer_registers", Sm90aMaterializedTiling.ConsumerRegisters);
        model.Add("lift", configuration.ElementType == ElementType.Float16 ? "7.0f" : "0.0f");
        return templates.Render("cuda/sm90a/materialized.cu.sbn", model, cancellationToken);
    }

    private static Sm90aMaterializedTiling Tiling(KernelConfiguration configuration) => Sm90aMaterializedTiling.For(configuration.HeadDim);
}
