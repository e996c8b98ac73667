using KernelGen.Tensors;

namespace KernelGen.Lab.CpuBench;

/// <summary>A shape to measure.</summary>
/// <param name="Name">What it is, for people.</param>
/// <param name="Shape">Its sizes.</param>
internal sealed record BenchShape(string Name, AttentionShape Shape);
