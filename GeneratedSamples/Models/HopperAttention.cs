using KernelGen.Kernels;
using KernelGen.Tensors;

namespace KernelGen.Samples.Models;

/// <summary>
/// Kernels for compute capability 9.0 (H100, H200) alone, for the head dims that are compared with other libraries. The target is not among the default ones
/// until it has run on a GPU, so it has a class of its own; <c>bench</c> and <c>probe</c> take its kernels beside those of the other classes.
/// </summary>
[SliceAttention(
    HeadDims = [40, 64, 80, 96, 128, 160, 256, 384, 512],
    ElementTypes = [ElementType.Float16, ElementType.BFloat16, ElementType.Float32],
    SliceRows = [2048],
    Targets = [KernelTarget.Sm90a])]
internal sealed partial class HopperAttention;
