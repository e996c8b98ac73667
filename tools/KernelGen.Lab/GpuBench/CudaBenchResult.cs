namespace KernelGen.Lab.GpuBench;

/// <summary>A whole run on a GPU; the names are those of the JSON, in snake_case there.</summary>
/// <param name="Date">The day, in UTC.</param>
/// <param name="Version">The version of the kernels.</param>
/// <param name="Device">The GPU and what kernels were compiled for.</param>
/// <param name="Compiler">The run-time compiler.</param>
/// <param name="L2Bytes">The L2 cache; inputs go round more memory than that.</param>
/// <param name="PeakTflops">What loops on registers reached, by name of their instruction; empty when they could not be measured.</param>
/// <param name="Complete">Everything that was asked for was measured.</param>
/// <param name="Seconds">How long the run took.</param>
/// <param name="SpilledTensorCoreVariants">Variants for tensor cores that spill registers to memory, which they must not.</param>
/// <param name="Findings">What the compiler said of kernels for tensor cores that makes them slow: spills, serialised wgmma
/// instructions.</param>
/// <param name="Tuning">What was timed to choose from; empty without tuning.</param>
/// <param name="Rows">What was measured.</param>
internal sealed record CudaBenchResult(
    string Date,
    string Version,
    string Device,
    string? Driver,
    string? Compiler,
    int L2Bytes,
    IReadOnlyDictionary<string, double> PeakTflops,
    bool Complete,
    double Seconds,
    IReadOnlyList<string> SpilledTensorCoreVariants,
    IReadOnlyList<string> Findings,
    IReadOnlyList<CudaTuningRow> Tuning,
    IReadOnlyList<CudaBenchRow> Rows);
