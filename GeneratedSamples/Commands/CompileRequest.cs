using KernelGen.Cuda;
using KernelGen.Kernels;

namespace KernelGen.Samples.Commands;

/// <summary>What <c>kernels --compile</c> is asked for.</summary>
/// <param name="Variants">The kernels.</param>
/// <param name="Architectures">The GPUs.</param>
/// <param name="Specializations">Without masks, with masks, or both.</param>
/// <param name="OutputFolder">Where machine code goes; null keeps none.</param>
/// <param name="Json">Write JSON.</param>
internal sealed record CompileRequest(
    IReadOnlyList<KernelVariant> Variants,
    IReadOnlyList<CudaArchitecture> Architectures,
    IReadOnlyList<KernelSpecialization> Specializations,
    string? OutputFolder,
    bool Json);
