using KernelGen.Lab.Measuring;
using KernelGen.Planning;

namespace KernelGen.Lab.GpuBench;

/// <summary>The options of a run on a GPU.</summary>
/// <param name="Planning">Policy, family and slice size; whether a call is causal comes with its shape.</param>
/// <param name="AllVariants">Measure every variant that the GPU runs, not only the one that the planner takes.</param>
/// <param name="CheckOnly">Check the results, but time nothing.</param>
/// <param name="Tune">Time the best predicted variants of each shape first, and plan with the fastest.</param>
/// <param name="Filter">The kernels that are measured.</param>
/// <param name="Resume">Go on with the file of an earlier process, which was ended by a kernel or by its time.</param>
/// <param name="KernelLimit">After this time a kernel counts as one that does not end, and the process is ended.</param>
/// <param name="Limit">Nothing is started after this time.</param>
/// <param name="CacheFolder">Where compiled kernels are kept for later runs; null compiles everything anew.</param>
/// <param name="Precompiled">A folder of kernels compiled in advance; null for none.</param>
/// <param name="OutputPath">A file that holds what was measured so far; null keeps none.</param>
internal sealed record CudaBenchOptions(
    PlanningOptions Planning, bool AllVariants, bool CheckOnly, bool Tune, KernelFilter Filter, bool Resume, TimeSpan KernelLimit,
    TimeSpan Limit,
    string? CacheFolder, string? Precompiled, string? OutputPath);
