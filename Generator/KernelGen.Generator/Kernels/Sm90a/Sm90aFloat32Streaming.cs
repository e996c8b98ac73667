using KernelGen.Generator.Kernels.Common;
using KernelGen.Generator.Model;
using KernelGen.Generator.Rendering;

namespace KernelGen.Generator.Kernels.Sm90a;

/// <summary>Online softmax for Float32: numbers are split into halves of 16 bits, three products of halves make one.</summary>
internal sealed class Sm90aFloat32Streaming : IKernelDesign
{
    public KernelTarget Target => KernelTarget.Sm90a;

    public IEnumerable<KernelVariant> Variants(KernelRequest request)
    {
        if (request is not { Family: KernelFamily.Streaming, ElementType: ElementType.Float32 })
            yield break;

        foreach (Sm90aFloat32StreamingTiling tiling in Sm90aFloat32StreamingTiling.Choices(request.HeadDim))
        {
            KernelConfiguration configuration = new(KernelFamily.Streaming, Target, ElementType.Float32, request.HeadDim, tiling.TileRows);
            CudaSourceName source = CudaSourceName.Of(configuration);

            // Without tensor maps: Q, K and V may begin at any address and have any strides.
            yield return new CudaVariant(
                configuration,
                KeyChunks.Footprint(tiling.TileRows, tiling.TileKeys, tiling.HeadDim),
                new(ProductUnit.WarpgroupProducts, SplitsFloat32: true),
                source,
                [new(source.EntryPoint, tiling.Threads, tiling.SharedBytes, tiling.TileRows), KeyChunks.MergeStage(source.EntryPoint)],
                "cuda/sm90a/float32_streaming.cu.sbn",
                Model(source, tiling)) { Experimental = ExperimentalKernels.Hopper };
        }
    }

    private static TemplateObject Model(CudaSourceName source, Sm90aFloat32StreamingTiling tiling)
    {
        TemplateObject model = Sm90aModel.Create(source, ElementType.Float32, ElementType.Float16.FactorName()!, tiling.HeadDim);
        model.Add("splitters", Sm90aFloat32StreamingTiling.Splitters);
        model.Add("consumers", tiling.Consumers);
        model.Add("threads", tiling.Threads);
        model.Add("tile_rows", tiling.TileRows);
        model.Add("tile_keys", tiling.TileKeys);
        model.Add("chunk_keys", KeyChunks.Keys(tiling.TileKeys, tiling.HeadDim));
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
        model.Add("value_columns", tiling.Values.Dims / tiling.ValueParts);
        return model;
    }
}
