using KernelGen.Generator.Kernels.Common;
using KernelGen.Generator.Model;
using KernelGen.Generator.Rendering;

namespace KernelGen.Generator.Kernels.Sm90a;

/// <summary>Probabilities in a workspace, for 16-bit elements: a launch for QK and softmax, and one for PV.</summary>
internal sealed class Sm90aMaterialized : IKernelDesign
{
    public KernelTarget Target => KernelTarget.Sm90a;

    public IEnumerable<KernelVariant> Variants(KernelRequest request)
    {
        if (request.Family != KernelFamily.Materialized || request.ElementType.FactorName() is not { } factorType)
            yield break;

        Sm90aMaterializedTiling tiling = Sm90aMaterializedTiling.For(request.HeadDim);
        foreach (int sliceRows in request.SliceRows)
        {
            KernelConfiguration configuration = new(KernelFamily.Materialized, Target, request.ElementType, request.HeadDim, sliceRows);
            CudaSourceName source = CudaSourceName.OfTile(configuration, Sm90aMaterializedTiling.TileRows);
            yield return new CudaVariant(
                configuration,
                new(
                    Sm90aMaterializedTiling.TileRows, tiling.TileKeys, Sm90aMaterializedTiling.ProbabilityBytes, WorkerBytes: 0,
                    TileRowBytes: Sm90aMaterializedTiling.TileRowBytes),
                new(ProductUnit.WarpgroupProducts, ScorePasses.OfProbabilities),
                source,
                Stages(source.EntryPoint, tiling),
                "cuda/sm90a/materialized.cu.sbn",
                Model(source, request.ElementType, factorType, tiling)) { Experimental = ExperimentalKernels.Hopper };
        }
    }

    private static ImmutableArray<CudaStage> Stages(string entryPoint, Sm90aMaterializedTiling tiling)
    {
        CudaTensorBox[] boxes =
        [
            new(tiling.Rows.PanelDims, Sm90aMaterializedTiling.TileRows),
            new(tiling.Rows.PanelDims, tiling.TileKeys),
            new(tiling.Values.PanelDims, tiling.TileKeys),
        ];
        return
        [
            new(entryPoint + "_scores", Sm90aMaterializedTiling.Threads, tiling.ScoresSharedBytes, Sm90aMaterializedTiling.TileRows)
            {
                TensorBoxes = boxes,
            },
            new(entryPoint + "_values", Sm90aMaterializedTiling.Threads, tiling.ValuesSharedBytes, tiling.ValueRows)
            {
                TensorBoxes = boxes,
            },
        ];
    }

    private static TemplateObject Model(CudaSourceName source, ElementType elementType, string factorType, Sm90aMaterializedTiling tiling)
    {
        TemplateObject model = Sm90aModel.CreateWithLayout(
            source, elementType, factorType, tiling.HeadDim,
            tiling.TileKeys, Sm90aMaterializedTiling.TileRows, tiling.Values, tiling.ColumnGroups);
        model.Add("column_groups", tiling.ColumnGroups);
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
        model.Add("lift", Lift(elementType));
        return model;
    }

    // Added to exponents of probabilities: what would be subnormal in Float16 is not after it.
    private static string Lift(ElementType elementType) => elementType switch
    {
        ElementType.Float16 => "7.0f",
        ElementType.BFloat16 => "0.0f",
        ElementType.Float32 => throw new ArgumentOutOfRangeException(nameof(elementType), elementType, "Not a factor of tensor cores."),
    };
}
