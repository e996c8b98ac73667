using KernelGen.Kernels;

namespace KernelGen.RuntimeHost.Tests.Cuda;

/// <summary>CUDA kernels for the head dims of the golden vectors.</summary>
[SliceAttention(
    HeadDims = [40, 64, 72, 80, 128, 160, 512], SliceRows = [512], Targets = [KernelTarget.Simt, KernelTarget.Sm80, KernelTarget.Sm90a])]
public sealed partial class CudaTestAttention
{
    /// <summary>The variants of one target, so that a plan has no other to choose.</summary>
    internal static KernelCatalogue Of(KernelTarget target) =>
        new(nameof(CudaTestAttention), Catalogue.Variants.ToArray().Where(variant => variant.Target == target).ToArray());
}
