using KernelGen.Kernels;
using KernelGen.Tensors;

namespace KernelGen.ManagedCudaInterop;

/// <summary>Kernels for the head dim of Stable Diffusion 1.5's largest layers.</summary>
[SliceAttention(HeadDims = [40], ElementTypes = [ElementType.Float32], SliceRows = [512], Targets = [KernelTarget.Simt])]
internal sealed partial class InteropAttention;
