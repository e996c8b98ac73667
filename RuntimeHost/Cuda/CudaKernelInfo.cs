namespace KernelGen.Cuda;

/// <summary>What compiler and driver made of a variant.</summary>
/// <param name="Variant">The variant's id.</param>
/// <param name="FromCache">True when it came from the cubin cache, false when it was compiled.</param>
/// <param name="LoadTime">How long reading or compiling, and loading, took.</param>
/// <param name="Stages">Its launches, in order.</param>
public sealed record CudaKernelInfo(string Variant, bool FromCache, TimeSpan LoadTime, IReadOnlyList<CudaStageInfo> Stages);
