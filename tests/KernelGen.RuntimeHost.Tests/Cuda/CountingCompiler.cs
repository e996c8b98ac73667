using System.Collections.Concurrent;
using KernelGen.Cuda.Compilation;
using KernelGen.Kernels;

namespace KernelGen.RuntimeHost.Tests.Cuda;

/// <summary>Another compiler behind the seam: counts what it is asked for and hands it on.</summary>
internal sealed class CountingCompiler(IKernelCompiler inner) : IKernelCompiler
{
    private readonly ConcurrentQueue<SpecializedKernel> _compiled = new();

    public IReadOnlyCollection<SpecializedKernel> Compiled => _compiled;

    public int Compilations => _compiled.Count;

    public string Identity => $"counted {inner.Identity}";

    public string ArchitectureFor(int computeCapability) => inner.ArchitectureFor(computeCapability);

    public KernelImage Compile(SpecializedKernel kernel, string architecture)
    {
        _compiled.Enqueue(kernel);
        return inner.Compile(kernel, architecture);
    }
}
