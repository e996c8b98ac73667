using KernelGen.Kernels;
using KernelGen.Tensors;

namespace KernelGen.Benchmarks;

/// <summary>
/// The model class that planner and small calls are measured on: 12 CPU variants for f16 and f32 of the SD 1.5 head dims.
/// </summary>
[SliceAttention(
    HeadDims = [40, 80, 160],
    ElementTypes = [ElementType.Float16, ElementType.Float32],
    SliceRows = [512, 2048, 8192],
    Targets = [KernelTarget.Cpu])]
internal sealed partial class BenchmarkAttention;
