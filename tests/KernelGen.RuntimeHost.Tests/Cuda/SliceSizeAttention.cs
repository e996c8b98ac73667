using KernelGen.Kernels;
using KernelGen.Tensors;

namespace KernelGen.RuntimeHost.Tests.Cuda;

/// <summary>Materialized CUDA kernels in a small and two larger slice sizes.</summary>
[SliceAttention(
    HeadDims = [40],
    ElementTypes = [ElementType.Float16],
    SliceRows = [512, 2048, 8192],
    Families = [KernelFamily.Materialized],
    Targets = [KernelTarget.Simt, KernelTarget.Sm80])]
public sealed partial class SliceSizeAttention;
