namespace KernelGen.Generator.Kernels.Cpu;

/// <summary>Tiles of one size into which the head dim is cut for <c>O += V P</c>.</summary>
internal sealed record CpuValueTile(int Dims, int Count);
