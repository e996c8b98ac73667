namespace KernelGen.Generator.Kernels.Cpu;

/// <summary>Tiles of one size into which the head dim is cut for <c>O += V P</c>.</summary>
/// <param name="Dims">Head dims of a tile.</param>
/// <param name="Count">How many of them.</param>
internal sealed record CpuValueTile(int Dims, int Count);
