using KernelGen.Kernels;

namespace KernelGen.RuntimeHost.Tests.Cpu;

/// <summary>Kernels of every kind of head dim: with tiles of 8, 10 and 12, with and without a rest, the smallest and the largest.</summary>
[SliceAttention(HeadDims = [8, 24, 40, 64, 72, 80, 128, 160, 512], SliceRows = [128, 512], Targets = [KernelTarget.Cpu])]
public sealed partial class CpuTestAttention;
