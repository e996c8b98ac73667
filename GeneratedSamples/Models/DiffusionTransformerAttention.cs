using KernelGen.Kernels;
using KernelGen.Tensors;

namespace KernelGen.Samples.Models;

/// <summary>
/// Joint attention over text and image tokens: Flux (24 heads of 128) and Stable Diffusion 3 (24 or 38 heads of 64). Lengths such as 4608
/// and 4429 are no powers of two.
/// </summary>
/// <remarks>
/// SD3 runs in two bytes and asks for no maps; the full set for head dim 64 is with <see cref="StableDiffusionXLAttention"/>.
/// </remarks>
[SliceAttention(
    HeadDims = [128],
    ElementTypes = [ElementType.Float16, ElementType.BFloat16, ElementType.Float32],
    SliceRows = [512, 2048, 8192])]
[SliceAttention(HeadDims = [64], ElementTypes = [ElementType.Float16], Families = [KernelFamily.Streaming])]
internal sealed partial class DiffusionTransformerAttention;
