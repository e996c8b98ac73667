using KernelGen.Generator.Kernels.Common;
using KernelGen.Generator.Model;
using KernelGen.Generator.Rendering;

namespace KernelGen.Generator.Kernels.Sm90a;

/// <summary>Softmax over few keys, such as the tokens of a prompt, all of which a block holds at once.</summary>
internal sealed class Sm90aShortKeys : IKernelDesign
{
    public KernelTarget Target => KernelTarget.Sm90a;

    public IEnumerable<KernelVariant> Variants(KernelRequest request)
    {
        if (request.Family != KernelFamily.Streaming || request.ElementType.FactorName() is not { } factorType)
            yield break;

        foreach (Sm90aShortKeysTiling tiling in Sm90aShortKeysTiling.Choices(request.HeadDim))
        {
            KernelConfiguration configuration = new(KernelFamily.Streaming, Target, request.ElementType, request.HeadDim, tiling.TileRows)
            {
                MaximumKeys = tiling.MaximumKeys,
            };
            CudaSourceName source = CudaSourceName.Of(configuration);
            CudaTensorBox rows = new(tiling.Rows.PanelDims, Sm90aLimits.WarpgroupRows);
            yield return new CudaVariant(
                configuration,
                new(tiling.TileRows, tiling.MaximumKeys, BytesPerScore: 0, WorkerBytes: 0),
                new(ProductUnit.WarpgroupProducts),
                source,
                [
                    new(source.EntryPoint, tiling.Threads, tiling.SharedBytes, tiling.TileRows)
                    {
                        TensorBoxes =
                        [
                            rows, new(tiling.Rows.PanelDims, tiling.MaximumKeys), new(tiling.Values.PanelDims, tiling.MaximumKeys), rows,
                        ],
                        MinimumBlocks = tiling.BlocksPerProcessor,
                    },
                ],
                "cuda/sm90a/short_keys.cu.sbn",
                Model(source, request.ElementType, factorType, tiling)) { Experimental = ExperimentalKernels.Hopper };
        }
    }

    private static TemplateObject Model(CudaSourceName source, ElementType elementType, string factorType, Sm90aShortKeysTiling tiling)
    {
        TemplateObject model = Sm90aModel.CreateWithLayout(
            source, elementType, factorType, tiling.HeadDim,
            tiling.MaximumKeys, Sm90aLimits.WarpgroupRows, tiling.Values, tiling.ColumnGroups, hasChunks: false);
        model.Add("column_groups", tiling.ColumnGroups);
        model.Add("tile_rows", tiling.TileRows);
        model.Add("warpgroups", tiling.Warpgroups);
        model.Add("threads", tiling.Threads);
        model.Add("stages", tiling.Stages);
        model.Add("blocks_per_processor", tiling.BlocksPerProcessor);
        model.Add("shared_bytes", tiling.SharedBytes);
        model.Add("array_registers", tiling.ArrayRegisters);
        model.Add("most_registers", tiling.LimitRegisters);
        return model;
    }
}
