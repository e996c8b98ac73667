using KernelGen.Tensors;

namespace KernelGen.Samples.Models;

/// <summary>
/// The UNets of Stable Diffusion 2.x and XL: 64 channels a head, 5 to 40 heads. Text encoders and SD3 have the same head dim.
/// </summary>
[SliceAttention(
    HeadDims = [64],
    ElementTypes = [ElementType.Float16, ElementType.BFloat16, ElementType.Float32],
    SliceRows = [512, 2048, 8192])]
internal sealed partial class StableDiffusionXLAttention;
