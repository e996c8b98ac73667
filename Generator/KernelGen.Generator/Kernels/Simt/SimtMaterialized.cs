using KernelGen.Generator.Kernels.Common;
using KernelGen.Generator.Model;
using KernelGen.Generator.Rendering;

namespace KernelGen.Generator.Kernels.Simt;

/// <summary>Scores in a workspace, for any GPU and every element type: products with K, softmax, products with V, a launch each.</summary>
internal sealed class SimtMaterialized : IKernelDesign
{
    public KernelTarget Target => KernelTarget.Simt;

    public IEnumerable<KernelVariant> Variants(KernelRequest request)
    {
        if (request.Family != KernelFamily.Materialized)
            yield break;

        foreach (int sliceRows in request.SliceRows)
        {
            bool isSmall = SliceSize.IsSmall(sliceRows);
            SimtTiling tiling = new(request.HeadDim, isSmall ? SimtTiling.MaxTileRows / 2 : SimtTiling.MaxTileRows);
            KernelConfiguration configuration = new(KernelFamily.Materialized, Target, request.ElementType, request.HeadDim, sliceRows);
            CudaSourceName source = CudaSourceName.OfTile(configuration, tiling.TileRows, streamsScores: !isSmall);
            TemplateObject model = SimtModel.Create(source, request.ElementType, tiling);
            model.Add("streams_scores", !isSmall);
            yield return new CudaVariant(
                configuration,
                new(tiling.TileRows, SimtTiling.TileKeys, sizeof(float), WorkerBytes: 0),
                new(ProductUnit.MultiplyAdds, ScorePasses.OfScores),
                source,
                [
                    new(source.EntryPoint + "_scores", tiling.Threads, tiling.SharedBytes, tiling.TileRows),
                    new(source.EntryPoint + "_softmax", SimtTiling.SoftmaxThreads, SharedBytes: 0, SimtTiling.SoftmaxRows),
                    new(source.EntryPoint + "_values", tiling.Threads, tiling.SharedBytes, tiling.TileRows),
                ],
                "cuda/simt/materialized.cu.sbn",
                model);
        }
    }
}
