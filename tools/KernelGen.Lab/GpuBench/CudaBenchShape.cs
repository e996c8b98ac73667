using KernelGen.Kernels;
using KernelGen.Tensors;

namespace KernelGen.Lab.GpuBench;

/// <summary>A shape to measure on a GPU.</summary>
/// <param name="Name">What it is, for people.</param>
/// <param name="Shape">Its sizes.</param>
/// <param name="Causal">Key j is visible to query i only when j &lt;= i.</param>
/// <param name="Family">The only family that may be taken; null for any.</param>
internal sealed record CudaBenchShape(string Name, AttentionShape Shape, ElementType ElementType, bool Causal, KernelFamily? Family = null);
