using KernelGen.Tensors;

namespace KernelGen.Samples.Models;

/// <summary>
/// The other head dims that people run: 72 (PixArt, SigLIP), 88 (ViT-g), 96 (Phi-3-mini, GPT-NeoX), 112, 192 (DeepSeek's queries and keys),
/// 256 (Gemma).
/// </summary>
[SliceAttention(
    HeadDims = [72, 88, 96, 112, 192, 256],
    ElementTypes = [ElementType.Float16, ElementType.BFloat16, ElementType.Float32],
    SliceRows = [2048])]
internal sealed partial class LanguageVisionAttention;
