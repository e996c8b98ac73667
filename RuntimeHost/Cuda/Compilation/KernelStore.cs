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
    public (KernelImage Image, bool FromDisk) Get(KernelVariant variant)
    {
        string key = KeyOf(variant);
        if (cache.TryRead(key) is not { } image)
        {
            return (CompileAndKeep(variant, key), false);
        }

        KernelGenTelemetry.CubinCacheHits.Add(1);
        CudaLog.FoundInCache(logger, variant.Id, ArchitectureOf(variant));
        return (image, true);
    }

    /// <summary>Compiles anew what the driver refused to load from disk.</summary>
    /// <param name="variant">The variant.</param>
    /// <param name="reason">What the driver said.</param>
    public KernelImage Recompile(KernelVariant variant, string reason)
    {
        CudaLog.CachedImageRefused(logger, variant.Id, reason);
        string key = KeyOf(variant);
        cache.Forget(key);
        return CompileAndKeep(variant, key);
    }

    /// <summary>Source, compiler and architecture of a variant, as a hash.</summary>
    public string KeyOf(KernelVariant variant) => CubinCache.Key(variant, compiler.Identity, ArchitectureOf(variant));

    // Products of warpgroups and setmaxnreg are not part of plain sm_90.
    private string ArchitectureOf(KernelVariant variant) => variant.Target == KernelTarget.Sm90a ? "sm_90a" : Architecture;

    private KernelImage CompileAndKeep(KernelVariant variant, string key)
    {
        long begin = Stopwatch.GetTimestamp();
        KernelImage image = compiler.Compile(variant, ArchitectureOf(variant));
        TimeSpan elapsed = Stopwatch.GetElapsedTime(begin);
        KernelGenTelemetry.CompileDuration.Record(elapsed.TotalSeconds);
        CudaLog.Compiled(logger, variant.Id, ArchitectureOf(variant), elapsed.TotalMilliseconds);
        foreach (string finding in AssemblerFindings.Of(image.Log))
        {
            CudaLog.CompiledBadly(logger, variant.Id, finding);
        }

        cache.TryWrite(key, image);
        return image;
    }
}
