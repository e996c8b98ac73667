using KernelGen.Generator.Kernels.Common;
using KernelGen.Generator.Model;
using KernelGen.Generator.Rendering;

namespace KernelGen.Generator.Kernels.Sm80;

/// <summary>Scores in a workspace, on tensor cores: products with K, softmax, products with V, a launch each.</summary>
internal sealed class Sm80Materialized : IKernelDesign
{
    public KernelTarget Target => KernelTarget.Sm80;

    public IEnumerable<KernelVariant> Variants(KernelRequest request)
    {
        if (request.Family != KernelFamily.Materialized || !request.ElementType.IsFactor())
            yield break;

        foreach (int sliceRows in request.SliceRows)
        {
            bool isSmall = SliceSize.IsSmall(sliceRows);
            Sm80MaterializedTiling tiling = Sm80MaterializedTiling.For(request.HeadDim, isSmall);
            KernelConfiguration configuration = new(KernelFamily.Materialized, Target, request.ElementType, request.HeadDim, sliceRows);
            CudaSourceName source = CudaSourceName.OfTile(configuration, tiling.TileRows, streamsScores: !isSmall);
            TemplateObject model = Model(source, request.ElementType, tiling);
            model.Add("streams_scores", !isSmall);
            yield return new CudaVariant(
                configuration,
                new(tiling.TileRows, tiling.TileKeys, sizeof(float), WorkerBytes: 0),
                new(ProductUnit.WarpProducts, ScorePasses.OfScores),
                source,
                [
                    new(source.EntryPoint + "_scores", Sm80Limits.Threads, tiling.ScoresSharedBytes, tiling.TileRows),
                    new(
                        source.EntryPoint + "_softmax", Sm80MaterializedTiling.SoftmaxThreads,
                        SharedBytes: 0, Sm80MaterializedTiling.SoftmaxRows),
                    new(source.EntryPoint + "_values", Sm80Limits.Threads, tiling.ValuesSharedBytes, tiling.TileRows),
                ],
                "cuda/sm80/materialized.cu.sbn",
                model);
        }
    }

    private static TemplateObject Model(CudaSourceName source, ElementType elementType, Sm80MaterializedTiling tiling)
    {
        TemplateObject model = Sm80Model.Create(source, elementType, tiling.HeadDim, KeyChunks.Keys(tiling.TileKeys, tiling.HeadDim));
        model.Add("tile_rows", tiling.TileRows);
        model.Add("tile_keys", tiling.TileKeys);
        model.Add("scores_shared_bytes", tiling.ScoresSharedBytes);
        model.Add("values_shared_bytes", tiling.ValuesSharedBytes);
        model.Add("softmax_threads", Sm80MaterializedTiling.SoftmaxThreads);
        model.Add("softmax_rows", Sm80MaterializedTiling.SoftmaxRows);
        model.Add("probability_scale", ProbabilityScale(elementType));
        model.Add("expected_registers", tiling.ExpectedRegisters);
        return model;
    }

    // Probabilities become factors of the products: what would be subnormal in Float16 is not after a multiplication.
    private static string ProbabilityScale(ElementType elementType) => elementType switch
    {
        ElementType.Float16 => "32768.0f",
        ElementType.BFloat16 => "1.0f",
        ElementType.Float32 => throw new ArgumentOutOfRangeException(nameof(elementType), elementType, "Not a factor of tensor cores."),
    };
}
