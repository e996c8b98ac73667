namespace KernelGen.Lab.GpuBench;

/// <summary>A kernel that was timed to be chosen from; the names are those of the JSON, in snake_case there.</summary>
/// <param name="Name">What the shape is.</param>
/// <param name="Dtype">Element type.</param>
/// <param name="Variant">The kernel.</param>
/// <param name="PredictedMs">What the cost model predicts.</param>
/// <param name="Ms">The median time of a call, warm inputs; null when it could not be run.</param>
/// <param name="WasPredicted">The planner would have taken it without measuring.</param>
/// <param name="Taken">It is the fastest.</param>
/// <param name="Fault">Why it could not be run.</param>
internal sealed record CudaTuningRow(
    string Name, int HeadDim, string Dtype, bool Causal, string Variant, double PredictedMs, double? Ms, bool WasPredicted, bool Taken,
    string? Fault);
