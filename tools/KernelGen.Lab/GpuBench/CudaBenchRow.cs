namespace KernelGen.Lab.GpuBench;

/// <summary>One variant measured on one shape; the names are those of the JSON, in snake_case there.</summary>
/// <param name="Name">What the shape is.</param>
/// <param name="Dtype">Element type.</param>
/// <param name="Batch">Batch items.</param>
/// <param name="Queries">Query rows.</param>
/// <param name="Family">The family that the shape asks for; null when any would do.</param>
/// <param name="Variant">The kernel.</param>
/// <param name="Chosen">It is the one that the planner takes.</param>
/// <param name="WorkspaceBytes">Workspace of the plan.</param>
/// <param name="Ms">Median time of a call; null when it was not timed.</param>
/// <param name="Tflops">Useful work a second: 4 * head dim operations for each visible pair of a query and a key.</param>
/// <param name="PeakFraction">The same by the peak that was measured; null without a peak.</param>
/// <param name="Registers">Most registers of a thread in any of its launches.</param>
/// <param name="LocalBytes">Most local memory of a thread, in bytes: what was spilled.</param>
/// <param name="SharedBytes">Most dynamic shared memory of a block, in bytes.</param>
/// <param name="CompileMs">Compiling and loading without a cache.</param>
/// <param name="LoadMs">Loading from the cubin cache.</param>
/// <param name="Error">Relative error of sampled rows against float64.</param>
/// <param name="Fault">Why it was not timed; null when all is well.</param>
/// <param name="Lost">It did not end, or took the GPU's context or the process with it: nothing more was measured of this kernel.</param>
internal sealed record CudaBenchRow(
    string Name,
    int HeadDim,
    string Dtype,
    int Batch,
    int Heads,
    int Queries,
    int Keys,
    bool Causal,
    string? Family,
    string Variant,
    bool Chosen,
    int SliceCount,
    long WorkspaceBytes,
    double? Ms,
    double? Tflops,
    double? PeakFraction,
    int Registers,
    int LocalBytes,
    int SharedBytes,
    double? CompileMs,
    double? LoadMs,
    double? Error,
    string? Fault,
    bool Lost = false);
