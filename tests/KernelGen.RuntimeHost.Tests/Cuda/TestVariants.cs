using System.Text;
using KernelGen.Kernels;
using KernelGen.Tensors;

namespace KernelGen.RuntimeHost.Tests.Cuda;

/// <summary>Variants that the generator would not make.</summary>
internal static class TestVariants
{
    /// <summary>A real variant.</summary>
    public static KernelVariant Real(KernelFamily family = KernelFamily.Streaming) => CudaTestAttention.Catalogue.Variants.ToArray()
        .First(variant => variant.Family == family && variant.HeadDim == 40 && variant.ElementType == ElementType.Float32
            && variant.Target == KernelTarget.Simt);

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

    /// <summary>A real variant whose text asks whether it is compiled for calls with a general mask.</summary>
    public static KernelVariant AskingForMasks(string id = "streaming-simt-asking")
    {
        CudaKernelSource real = Real().Cuda!;
        byte[] text = [.. "// The choice is KERNELGEN_GENERAL_MASKS.\n"u8, .. real.Text()];
        return Of(id, real with { Text = () => text });
    }

    /// <summary>A variant of some text that includes nothing.</summary>
    public static KernelVariant OfTextAlone(string id, string text, int sharedBytes = 0, string entryPoint = "entry",
        ExperimentalKernels experimental = ExperimentalKernels.None)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        return Of(id, new(() => bytes, [], [new(entryPoint, 32, sharedBytes, 64)]), experimental);
    }

    private static KernelVariant Of(string id, CudaKernelSource source, ExperimentalKernels experimental = ExperimentalKernels.None) =>
        new(id, KernelFamily.Streaming, KernelTarget.Simt, ElementType.Float32, 40, 64, Real().Footprint, source)
        {
            Experimental = experimental,
        };
}
