using KernelGen.Tensors;

namespace KernelGen.Samples.Models;

/// <summary>
/// The UNet of Stable Diffusion 1.x: 8 heads on every level, so that the head dim grows with the channels, 320, 640 and 1280.
/// </summary>
[SliceAttention(
    HeadDims = [40, 80, 160],
    ElementTypes = [ElementType.Float16, ElementType.BFloat16, ElementType.Float32],
    SliceRows = [512, 2048, 8192])]
internal sealed partial class StableDiffusion15Attention;
