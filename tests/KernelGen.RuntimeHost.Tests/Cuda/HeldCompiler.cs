using KernelGen.Cuda.Compilation;
using KernelGen.Kernels;

namespace KernelGen.RuntimeHost.Tests.Cuda;

/// <summary>Another compiler behind the seam: says when it is asked, and waits until it may hand on.</summary>
internal sealed class HeldCompiler(IKernelCompiler inner) : IKernelCompiler, IDisposable
{
    public ManualResetEventSlim IsAsked { get; } = new();

    public ManualResetEventSlim MayGoOn { get; } = new();

    public string Identity => $"held {inner.Identity}";

    public string ArchitectureFor(int computeCapability) => inner.ArchitectureFor(computeCapability);

    public KernelImage Compile(SpecializedKernel kernel, string architecture)
    {
        IsAsked.Set();
        MayGoOn.Wait();
        return inner.Compile(kernel, architecture);
    }

    public void Dispose()
    {
        IsAsked.Dispose();
        MayGoOn.Dispose();
    }
}
