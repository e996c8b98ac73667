using System.Diagnostics;
using KernelGen.Execution;
using KernelGen.Kernels;
using Microsoft.Extensions.Logging;

namespace KernelGen.Cuda.Compilation;

/// <summary>Gets compiled kernels: from disk where they are there, from the compiler otherwise.</summary>
internal sealed class KernelStore(IKernelCompiler compiler, CubinCache cache, int computeCapability, ILogger logger)
{
    /// <summary>What kernels are compiled for.</summary>
    public string Architecture { get; } = compiler.ArchitectureFor(computeCapability);

    /// <summary>A compiled kernel, and whether it came from disk.</summary>
    /// <exception cref="KernelCompilationException">The compiler refused it.</exception>
    public (KernelImage Image, bool FromDisk) Get(SpecializedKernel kernel)
    {
        string key = KeyOf(kernel);
        if (cache.TryRead(key) is not { } image)
        {
            return (CompileAndKeep(kernel, key), false);
        }

        KernelGenTelemetry.CubinCacheHits.Add(1);
        CudaLog.FoundInCache(logger, kernel.Name, ArchitectureOf(kernel));
        return (image, true);
    }

    /// <summary>Compiles anew what the driver refused to load from disk.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="reason">What the driver said.</param>
    public KernelImage Recompile(SpecializedKernel kernel, string reason)
    {
        CudaLog.CachedImageRefused(logger, kernel.Name, reason);
        string key = KeyOf(kernel);
        cache.Forget(key);
        return CompileAndKeep(kernel, key);
    }

    /// <summary>Source, specialisation, compiler and architecture of a kernel, as a hash.</summary>
    public string KeyOf(SpecializedKernel kernel) => CubinCache.Key(kernel, compiler.Identity, ArchitectureOf(kernel));

    private string ArchitectureOf(SpecializedKernel kernel) => CudaArchitecture.NameFor(kernel.Variant.Target, Architecture);

    private KernelImage CompileAndKeep(SpecializedKernel kernel, string key)
    {
        long begin = Stopwatch.GetTimestamp();
        KernelImage image = compiler.Compile(kernel, ArchitectureOf(kernel));
        TimeSpan elapsed = Stopwatch.GetElapsedTime(begin);
        KernelGenTelemetry.CompileDuration.Record(elapsed.TotalSeconds);
        CudaLog.Compiled(logger, kernel.Name, ArchitectureOf(kernel), elapsed.TotalMilliseconds);
        foreach (AssemblerFinding finding in AssemblerLog.Parse(image.Log).Findings)
        {
            CudaLog.CompiledBadly(logger, kernel.Name, finding.Text);
        }

        cache.TryWrite(key, image);
        return image;
    }
}
