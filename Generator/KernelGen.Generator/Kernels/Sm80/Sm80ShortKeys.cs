using KernelGen.Generator.Kernels.Common;
using KernelGen.Generator.Model;
using KernelGen.Generator.Rendering;

namespace KernelGen.Generator.Kernels.Sm80;

/// <summary>Softmax over few keys, such as the tokens of a prompt, all of which a block holds at once.</summary>
internal sealed class Sm80ShortKeys : IKernelDesign
{
    public KernelTarget Target => KernelTarget.Sm80;

    public IEnumerable<KernelVariant> Variants(KernelRequest request)
    {
        if (request.Family != KernelFamily.Streaming || !request.ElementType.IsFactor())
            yield break;

        foreach (Sm80ShortKeysTiling tiling in Sm80ShortKeysTiling.Choices(request.HeadDim))
        {
            KernelConfiguration configuration = new(
                KernelFamily.Streaming, Target, request.ElementType, request.HeadDim, Sm80ShortKeysTiling.TileRows)
            {
                MaximumKeys = tiling.MaximumKeys,
            };
            CudaSourceName source = CudaSourceName.Of(configuration);
            yield return new CudaVariant(
                configuration,
                new(Sm80ShortKeysTiling.TileRows, tiling.MaximumKeys, BytesPerScore: 0, WorkerBytes: 0),
                new(ProductUnit.WarpProducts),
                source,
                [new(source.EntryPoint, Sm80Limits.Threads, tiling.SharedBytes, Sm80ShortKeysTiling.TileRows)],
                "cuda/sm80/short_keys.cu.sbn",
                Model(source, request.ElementType, tiling));
        }
    }

    private static TemplateObject Model(CudaSourceName source, ElementType elementType, Sm80ShortKeysTiling tiling)
    {
        TemplateObject model = Sm80Model.Create(source, elementType, tiling.HeadDim, chunkKeys: 0);
        model.Add("tile_rows", Sm80ShortKeysTiling.TileRows);
        model.Add("pass_rows", Sm80ShortKeysTiling.PassRows);
        model.Add("tile_keys", tiling.MaximumKeys);
        model.Add("shared_bytes", tiling.SharedBytes);
        model.Add("expected_registers", tiling.ExpectedRegisters);
        return model;
    }
}
