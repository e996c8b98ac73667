using KernelGen.Generator.Kernels.Common;
using KernelGen.Generator.Model;
using KernelGen.Generator.Rendering;

namespace KernelGen.Generator.Kernels.Sm80;

/// <summary>Online softmax on tensor cores, for every GPU from compute capability 8.0.</summary>
internal sealed class Sm80Streaming : IKernelDesign
{
    public KernelTarget Target => KernelTarget.Sm80;

    public IEnumerable<KernelVariant> Variants(KernelRequest request)
    {
        if (request.Family != KernelFamily.Streaming || !request.ElementType.IsFactor())
            yield break;

        foreach (Sm80StreamingTiling tiling in Sm80StreamingTiling.Choices(request.HeadDim))
        {
            int warps = tiling.Warps == Sm80Limits.Warps ? 0 : tiling.Warps;
            KernelConfiguration configuration =
                new(KernelFamily.Streaming, Target, request.ElementType, request.HeadDim, tiling.TileRows) { Warps = warps };
            CudaSourceName source = CudaSourceName.Of(configuration);
            yield return new CudaVariant(
                configuration,
                KeyChunks.Footprint(tiling.TileRows, tiling.TileKeys, tiling.HeadDim),
                new(ProductUnit.WarpProducts),
                source,
                [new(source.EntryPoint, tiling.Threads, tiling.SharedBytes, tiling.TileRows), KeyChunks.MergeStage(source.EntryPoint)],
                tiling.IsSplit ? "cuda/sm80/streaming_split.cu.sbn" : "cuda/sm80/streaming.cu.sbn",
                Model(source, request.ElementType, tiling));
        }
    }

    private static TemplateObject Model(CudaSourceName source, ElementType elementType, Sm80StreamingTiling tiling)
    {
        TemplateObject model = Sm80Model.Create(
            source, elementType, tiling.HeadDim, KeyChunks.Keys(tiling.TileKeys, tiling.HeadDim), tiling.Threads);
        model.Add("tile_rows", tiling.TileRows);
        model.Add("tile_keys", tiling.TileKeys);
        model.Add("row_tiles", tiling.RowTiles);
        model.Add("stages", tiling.Stages);
        model.Add("query_in_registers", tiling.QueryInRegisters);
        model.Add("probability_bytes", Sm80StreamingTiling.ProbabilityBytes);
        model.Add("shared_bytes", tiling.SharedBytes);
        model.Add("expected_registers", tiling.ExpectedRegisters);
        return model;
    }
}
