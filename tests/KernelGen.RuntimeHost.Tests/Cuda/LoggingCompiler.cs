using System.Collections.Concurrent;
using System.Text;
using KernelGen.Cuda;
using KernelGen.Cuda.Compilation;
using KernelGen.Kernels;

namespace KernelGen.RuntimeHost.Tests.Cuda;

/// <summary>Compiles nothing: gives an image that names the kernel, and a log as the assembler would write it.</summary>
internal sealed class LoggingCompiler : IKernelCompiler
{
    private readonly ConcurrentQueue<(string Kernel, string Architecture)> _compiled = new();

    public IReadOnlyCollection<(string Kernel, string Architecture)> Compiled => _compiled;

    /// <summary>Kernels that are refused.</summary>
    public Func<SpecializedKernel, bool> Refuses { get; init; } = _ => false;

    /// <summary>Further lines of the log of a stage.</summary>
    public Func<CudaStage, string> More { get; init; } = _ => "";

    public string Identity => "logging 1.0";

    public string ArchitectureFor(int computeCapability) => computeCapability > 120 ? "compute_120" : $"sm_{computeCapability}";

    public KernelImage Compile(SpecializedKernel kernel, string architecture)
    {
        _compiled.Enqueue((kernel.Name, architecture));
        if (Refuses(kernel))
            throw new KernelCompilationException(kernel.Name, "it is refused", "error: no");
        IEnumerable<string> log = kernel.Variant.Cuda!.Stages.Select(stage => $"""
            ptxas info    : Compiling entry function '{stage.EntryPoint}' for '{architecture}'
            ptxas info    : Function properties for {stage.EntryPoint}
            ptxas         .     16 bytes stack frame, 8 bytes spill stores, 12 bytes spill loads
            ptxas info    : Used 100 registers, used 1 barriers, 512 bytes smem
            {More(stage)}
            """);
        return new(KernelImageKind.Cubin, Encoding.UTF8.GetBytes($"{kernel.Name} {architecture}")) { Log = string.Join('\n', log) };
    }
}
