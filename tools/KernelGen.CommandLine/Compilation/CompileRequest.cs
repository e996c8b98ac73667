using KernelGen.Cuda;
using KernelGen.Kernels;

namespace KernelGen.CommandLine.Compilation;

/// <summary>The options of <c>kernels --compile</c>.</summary>
/// <param name="Variants">The kernels.</param>
/// <param name="Architectures">The GPUs.</param>
/// <param name="Specializations">Without masks, with masks, or both.</param>
/// <param name="OutputFolder">Where machine code goes; null keeps none.</param>
/// <param name="Json">Write JSON.</param>
/// <param name="Distinct">Compile one of the kernels whose texts differ in names only; what becomes of it is said of all.</param>
/// <param name="Check">A kernel that breaks a rule is an error.</param>
/// <param name="TableFile">A table of registers to be written, or brought up to date; null writes none.</param>
/// <param name="AgainstFile">A table of registers to be compared with; null compares with none.</param>
public sealed record CompileRequest(
    IReadOnlyList<KernelVariant> Variants,
    IReadOnlyList<CudaArchitecture> Architectures,
    IReadOnlyList<KernelSpecialization> Specializations,
    string? OutputFolder,
    bool Json,
    bool Distinct,
    bool Check,
    string? TableFile,
    string? AgainstFile);
