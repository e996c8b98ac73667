namespace KernelGen.Lab.CpuBench;

/// <summary>A whole run of the benchmark.</summary>
/// <param name="Machine">The processor and the vector width.</param>
/// <param name="PeakGflops">The largest multiply-add peak that was seen.</param>
/// <param name="Rows">The shapes.</param>
internal sealed record BenchResult(string Machine, double PeakGflops, IReadOnlyList<BenchRow> Rows);
