using System.Text;
using KernelGen.Kernels;
using KernelGen.Tensors;

namespace KernelGen.RuntimeHost.Tests.Cuda;

/// <summary>Variants that the generator would not make.</summary>
internal static class TestVariants
{
    /// <summary>A real variant.</summary>
    public static KernelVariant Real(KernelFamily family = KernelFamily.Streaming) => CudaTestAttention.Catalogue.Variants.ToArray()
        .First(variant => variant.Family == family && variant.HeadDim == 40 && variant.ElementType == ElementType.Float32 && variant.Target == KernelTarget.Simt);

    /// <summary>A real variant with other stages.</summary>
    public static KernelVariant With(string id, Func<CudaStage, CudaStage> change)
    {
        KernelVariant real = Real();
        return Of(id, real.Cuda! with { Stages = [.. real.Cuda.Stages.Select(change)] });
    }

    /// <summary>A variant of some text, which may include what real ones include.</summary>
    public static KernelVariant OfText(string id, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        return Of(id, new(() => bytes, Real().Cuda!.Headers, [new("entry", 32, 0, 64)]));
    }

    private static KernelVariant Of(string id, CudaKernelSource source) => new(
        id, KernelFamily.Streaming, KernelTarget.Simt, ElementType.Float32, 40, 64, Real().Footprint, source);
}
