using KernelGen.Generator.Kernels.Common;
using KernelGen.Generator.Model;
using KernelGen.Generator.Rendering;

namespace KernelGen.Generator.Kernels.Sm90a;

/// <summary>Online softmax for head dims above 256: two consumers share the rows, a cluster of two blocks shares the copies.</summary>
internal sealed class Sm90aWideStreaming : IKernelDesign
{
    public KernelTarget Target => KernelTarget.Sm90a;

    public IEnumerable<KernelVariant> Variants(KernelRequest request)
    {
        if (request.Family != KernelFamily.Streaming
            || request.HeadDim <= Sm90aLimits.LargestUndividedHeadDim
            || request.ElementType.FactorName() is not { } factorType)
        {
            yield break;
        }

        Sm90aWideStreamingTiling tiling = new(request.HeadDim);
        KernelConfiguration configuration = new(
            KernelFamily.Streaming, Target, request.ElementType, request.HeadDim, Sm90aWideStreamingTiling.TileRows);
        CudaSourceName source = CudaSourceName.Of(configuration);
        yield return new CudaVariant(
            configuration,
            KeyChunks.Footprint(Sm90aWideStreamingTiling.TileRows, Sm90aWideStreamingTiling.TileKeys, tiling.HeadDim),
            new(ProductUnit.WarpgroupProducts),
            source,
            [
                new(source.EntryPoint, Sm90aWideStreamingTiling.Threads, tiling.SharedBytes, Sm90aWideStreamingTiling.TileRows)
                {
                    ClusterBlocks = Sm90aWideStreamingTiling.ClusterBlocks,
                    TensorBoxes =
                    [
                        new(tiling.Rows.PanelDims, Sm90aWideStreamingTiling.TileRows),
                        new(tiling.Rows.PanelDims, Sm90aWideStreamingTiling.GroupKeys),
                        new(tiling.Values.PanelDims, Sm90aWideStreamingTiling.ValuePartKeys),
                    ],
                },
                KeyChunks.MergeStage(source.EntryPoint),
            ],
            "cuda/sm90a/wide_streaming.cu.sbn",
            Model(source, request.ElementType, factorType, tiling)) { Experimental = ExperimentalKernels.Hopper };
    }

    private static TemplateObject Model(CudaSourceName source, ElementType elementType, string factorType, Sm90aWideStreamingTiling tiling)
    {
        TemplateObject model = Sm90aModel.Create(source, elementType, factorType, tiling.HeadDim);
        model.Add("groups", Sm90aWideStreamingTiling.Groups);
        model.Add("cluster_blocks", Sm90aWideStreamingTiling.ClusterBlocks);
        model.Add("threads", Sm90aWideStreamingTiling.Threads);
        model.Add("tile_rows", Sm90aWideStreamingTiling.TileRows);
        model.Add("tile_keys", Sm90aWideStreamingTiling.TileKeys);
        model.Add("chunk_keys", KeyChunks.Keys(Sm90aWideStreamingTiling.TileKeys, tiling.HeadDim));
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
        return model;
    }
}
