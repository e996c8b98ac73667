using KernelGen.Cuda.Compilation;
using KernelGen.Kernels;

namespace KernelGen.Cuda;

/// <summary>A variant as compiler and driver made it.</summary>
/// <param name="Variant">The variant's id.</param>
/// <param name="Origin">Where it came from.</param>
/// <param name="LoadTime">How long reading or compiling, and loading, took.</param>
/// <param name="Stages">Its launches, in order.</param>
public sealed record CudaKernelInfo(string Variant, KernelOrigin Origin, TimeSpan LoadTime, IReadOnlyList<CudaStageInfo> Stages)
{
    /// <summary>It came from the cubin cache.</summary>
    public bool FromCache => Origin == KernelOrigin.Cache;

    /// <summary>The compile-time choices.</summary>
    public KernelSpecialization Specialization { get; init; }

    /// <summary>The compiler's output, with registers and spills of each launch; empty when it was compiled before.</summary>
    public string CompileLog { get; init; } = "";

    /// <summary>
    /// The warnings of the log that the code is slower than it should be, a line each: registers spilled to local memory, wgmma
    /// instructions serialised by ptxas (<c>C7510</c> and its kin), <c>setmaxnreg</c> that was ignored. Empty when there are none, and when
    /// it was compiled before.
    /// </summary>
    public IReadOnlyList<string> Findings => [.. AssemblerLog.Parse(CompileLog).Findings.Select(finding => finding.Text)];
}
