namespace KernelGen.Lab.CpuBench;

/// <summary>One measured shape; the names are those of the JSON, in snake_case there.</summary>
/// <param name="Name">What the shape is.</param>
/// <param name="Dtype">Element type.</param>
/// <param name="Batch">Batch items.</param>
/// <param name="Queries">Query rows.</param>
/// <param name="Variant">The kernel that ran.</param>
/// <param name="WorkspaceBytes">Workspace that was taken.</param>
/// <param name="Ms">Median time of a call.</param>
/// <param name="Gflops">Useful work a second: 4 * batch * heads * queries * keys * head dim operations (for causal, those of the visible
/// pairs).</param>
/// <param name="PeakGflops">Median of the multiply-add peak of as many threads, measured between the calls.</param>
/// <param name="PeakFraction">Median over the rounds of the work's rate divided by the peak of the same round.</param>
/// <param name="Baselines">Milliseconds of other ways to compute the same, measured in turn.</param>
internal sealed record BenchRow(
    string Name,
    int HeadDim,
    string Dtype,
    int Batch,
    int Heads,
    int Queries,
    int Keys,
    bool Causal,
    int Threads,
    string Variant,
    int SliceCount,
    long WorkspaceBytes,
    double Ms,
    double Gflops,
    double PeakGflops,
    double PeakFraction,
    IReadOnlyDictionary<string, double> Baselines);
