using KernelGen.Cuda.Compilation;
using KernelGen.Kernels;

namespace KernelGen.RuntimeHost.Tests.Cuda;

/// <summary>Another compiler behind the seam: counts what it is asked for and hands it on.</summary>
internal sealed class CountingCompiler(IKernelCompiler inner) : IKernelCompiler
{
    private int _compilations;

    public int Compilations => _compilations;

    public string Identity => $"counted {inner.Identity}";

    public string ArchitectureFor(int computeCapability) => inner.ArchitectureFor(computeCapability);

    public KernelImage Compile(KernelVariant variant, string architecture)
    {
        Interlocked.Increment(ref _compilations);
        return inner.Compile(variant, architecture);
    }
}
