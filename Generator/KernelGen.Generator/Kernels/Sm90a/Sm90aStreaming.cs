using KernelGen.Generator.Kernels.Common;
using KernelGen.Generator.Model;
using KernelGen.Generator.Rendering;

namespace KernelGen.Generator.Kernels.Sm90a;

/// <summary>Online softmax for 16-bit elements and head dims up to 256: a producer warpgroup and one to three consumers.</summary>
internal sealed class Sm90aStreaming : IKernelDesign
{
    public KernelTarget Target => KernelTarget.Sm90a;

    public IEnumerable<KernelVariant> Variants(KernelRequest request)
    {
        if (request.Family != KernelFamily.Streaming || request.ElementType.FactorName() is not { } factorType)
            yield break;

        foreach (Sm90aStreamingTiling tiling in Sm90aStreamingTiling.Choices(request.HeadDim))
        {
            KernelConfiguration configuration =
                new(KernelFamily.Streaming, Target, request.ElementType, request.HeadDim, tiling.ClusterRows);
            CudaSourceName source = CudaSourceName.Of(configuration);
            yield return new CudaVariant(
                configuration,
                KeyChunks.Footprint(tiling.TileRows, tiling.TileKeys, tiling.HeadDim),
                new(ProductUnit.WarpgroupProducts),
                source,
                [
                    new(source.EntryPoint, tiling.Threads, tiling.SharedBytes, tiling.TileRows)
                    {
                        TensorBoxes =
                        [
                            new(tiling.Rows.PanelDims, tiling.TileRows),
                            new(tiling.Rows.PanelDims, tiling.TileKeys),
                            new(tiling.Values.PanelDims, tiling.TileKeys),
                        ],
                        MinimumBlocks = tiling.BlocksPerProcessor,
                        IsPersistent = true,
                        ClusterBlocks = tiling.ClusterBlocks,
                    },
                    KeyChunks.MergeStage(source.EntryPoint),
                ],
                "cuda/sm90a/streaming.cu.sbn",
                Model(source, request.ElementType, factorType, tiling))
            {
                Experimental = tiling.ClusterBlocks > 1
                    ? ExperimentalKernels.Hopper | ExperimentalKernels.HopperMulticast
                    : ExperimentalKernels.Hopper,
            };
        }
    }

    private static TemplateObject Model(CudaSourceName source, ElementType elementType, string factorType, Sm90aStreamingTiling tiling)
    {
        TemplateObject model = Sm90aModel.CreateWithLayout(
            source, elementType, factorType, tiling.HeadDim, tiling.TileKeys, tiling.TileRows, tiling.Values);
        model.Add("cluster_blocks", tiling.ClusterBlocks);
        model.Add("consumers", tiling.Consumers);
        model.Add("threads", tiling.Threads);
        model.Add("blocks_per_processor", tiling.BlocksPerProcessor);
        model.Add("tile_rows", tiling.TileRows);
        model.Add("stages", tiling.Stages);
        model.Add("shared_bytes", tiling.SharedBytes);
        model.Add("producer_registers", tiling.ProducerRegisters);
        model.Add("consumer_registers", tiling.ConsumerRegisters);
        model.Add("array_registers", tiling.ArrayRegisters);
        model.Add("ping_pong", tiling.PingPong);
        model.Add("polynomial_every", tiling.PolynomialEvery);
        return model;
    }
}
