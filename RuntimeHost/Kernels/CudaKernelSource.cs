namespace KernelGen.Kernels;

/// <summary>The CUDA C of a variant.</summary>
/// <param name="Text">The translation unit.</param>
/// <param name="Headers">The shared parts it includes, by the name under which it includes them.</param>
/// <param name="Stages">The kernels to launch, in order.</param>
public sealed record CudaKernelSource(KernelText Text, IReadOnlyList<CudaHeader> Headers, IReadOnlyList<CudaStage> Stages);
