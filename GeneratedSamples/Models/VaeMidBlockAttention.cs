using KernelGen.Tensors;

namespace KernelGen.Samples.Models;

/// <summary>
/// The middle block of the autoencoders: one head over all channels, 512 for Stable Diffusion, SDXL, SD3 and Flux, 384 for Wan and
/// Qwen-Image.
/// </summary>
[SliceAttention(
    HeadDims = [384, 512],
    ElementTypes = [ElementType.Float16, ElementType.BFloat16, ElementType.Float32],
    SliceRows = [512, 2048])]
internal sealed partial class VaeMidBlockAttention;
