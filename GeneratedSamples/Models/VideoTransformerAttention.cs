using KernelGen.Kernels;
using KernelGen.Tensors;

namespace KernelGen.Samples.Models;

/// <summary>
/// Wan (12 to 40 heads, 32760 or 75600 tokens) and HunyuanVideo (24 heads, 119056 tokens): head dim 128 in bf16. A full score matrix would
/// take 80 GiB and more, so that only the streaming family is of use.
/// </summary>
[SliceAttention(HeadDims = [128], ElementTypes = [ElementType.BFloat16], Families = [KernelFamily.Streaming])]
internal sealed partial class VideoTransformerAttention;
