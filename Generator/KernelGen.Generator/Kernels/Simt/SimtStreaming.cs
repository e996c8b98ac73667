using KernelGen.Generator.Kernels.Common;
using KernelGen.Generator.Model;

namespace KernelGen.Generator.Kernels.Simt;

/// <summary>Online softmax on the ordinary cores, in fp32, for any GPU and every element type.</summary>
internal sealed class SimtStreaming : IKernelDesign
{
    public KernelTarget Target => KernelTarget.Simt;

    public IEnumerable<KernelVariant> Variants(KernelRequest request)
    {
        if (request.Family != KernelFamily.Streaming)
            yield break;

        SimtTiling tiling = new(request.HeadDim, SimtTiling.MaxTileRows);
        KernelConfiguration configuration = new(KernelFamily.Streaming, Target, request.ElementType, request.HeadDim, tiling.TileRows);
        CudaSourceName source = CudaSourceName.Of(configuration);
        yield return new CudaVariant(
            configuration,
            KeyChunks.Footprint(tiling.TileRows, SimtTiling.TileKeys, tiling.HeadDim),
            new(ProductUnit.MultiplyAdds),
            source,
            [
                new(source.EntryPoint, tiling.Threads, tiling.SharedBytes, tiling.TileRows) { MinimumBlocks = tiling.RegisterBlocks },
                KeyChunks.MergeStage(source.EntryPoint),
            ],
            "cuda/simt/streaming.cu.sbn",
            SimtModel.Create(source, request.ElementType, tiling));
    }
}
