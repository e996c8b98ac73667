using KernelGen.Kernels;
using KernelGen.Tensors;

namespace KernelGen.RuntimeHost.Tests.Cuda;

/// <summary>Hopper kernels for head dims above 256: the smallest, the largest, and some between with panels of other widths.</summary>
[SliceAttention(
    HeadDims = [264, 320, 384, 512], ElementTypes = [ElementType.Float16, ElementType.BFloat16], SliceRows = [512],
    Families = [KernelFamily.Streaming], Targets = [KernelTarget.Sm90a])]
public sealed partial class WideTestAttention
{
}
