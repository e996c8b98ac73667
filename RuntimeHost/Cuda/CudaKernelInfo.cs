using KernelGen.Cuda.Compilation;
using KernelGen.Kernels;

namespace KernelGen.Cuda;

/// <summary>What compiler and driver made of a variant.</summary>
/// <param name="Variant">The variant's id.</param>
/// <param name="Origin">Where it came from.</param>
/// <param name="LoadTime">How long reading or compiling, and loading, took.</param>
/// <param name="Stages">Its launches, in order.</param>
public sealed record CudaKernelInfo(string Variant, KernelOrigin Origin, TimeSpan LoadTime, IReadOnlyList<CudaStageInfo> Stages)
{
    /// <summary>It came from the cubin cache.</summary>
    public bool FromCache => Origin == KernelOrigin.Cache;

    /// <summary>What was chosen when it was compiled.</summary>
    public KernelSpecialization Specialization { get; init; }

    /// <summary>What the compiler said, registers and spills of each launch among it; empty when it was compiled before.</summary>
    public string CompileLog { get; init; } = "";

    /// <summary>
    /// What of the log says that the code is slower than it should be, a line each: registers spilled to memory, products of warpgroups
    /// that were put in a row
    /// (<c>C7510</c> and its kin), <c>setmaxnreg</c> that was ignored. Empty when all is well, and when it was compiled before.
    /// </summary>
    public IReadOnlyList<string> Findings => [.. AssemblerLog.Parse(CompileLog).Findings.Select(finding => finding.Text)];
}
