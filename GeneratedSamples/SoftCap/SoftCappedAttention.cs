using KernelGen.Kernels;
using KernelGen.Tensors;

namespace KernelGen.SoftCap;

/// <summary>Attention with capped scores, <c>30 * tanh(score / 30)</c>: the templates beside this file replace what finishes one.</summary>
[SliceAttention(
    HeadDims = [64, 264], ElementTypes = [ElementType.Float16, ElementType.Float32], SliceRows = [512],
    Targets = [KernelTarget.Cpu, KernelTarget.Simt, KernelTarget.Sm80, KernelTarget.Sm90a])]
public sealed partial class SoftCappedAttention;
