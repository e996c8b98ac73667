using KernelGen.Kernels;

namespace KernelGen.Cuda.Compilation;

/// <summary>A kernel to be compiled for GPUs that need not be there.</summary>
/// <param name="Kernel">The kernel.</param>
/// <param name="Architecture">The GPUs.</param>
public sealed record CompilationRequest(SpecializedKernel Kernel, CudaArchitecture Architecture)
{
    /// <summary>The architecture it is compiled for, such as <c>sm_86</c>; <c>sm_90a</c> for kernels that need it.</summary>
    public string ArchitectureName => Architecture.NameFor(Kernel.Variant.Target);
}
