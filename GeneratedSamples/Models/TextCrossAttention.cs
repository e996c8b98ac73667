using KernelGen.Kernels;
using KernelGen.Tensors;

namespace KernelGen.Samples.Models;

/// <summary>
/// Cross-attention of image queries to 77 text tokens, or 154 for a prompt of two chunks. The scores are small, so that one family and no
/// slice sizes do.
/// </summary>
[SliceAttention(HeadDims = [40, 64, 80, 160], ElementTypes = [ElementType.Float16], Families = [KernelFamily.Streaming])]
internal sealed partial class TextCrossAttention;
