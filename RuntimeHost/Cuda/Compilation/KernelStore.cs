using System.Diagnostics;
using KernelGen.Execution;
using KernelGen.Kernels;
using Microsoft.Extensions.Logging;

namespace KernelGen.Cuda.Compilation;

/// <summary>
/// Gets compiled kernels: from the folder of kernels compiled in advance, else from the cubin cache, else from the compiler. Only the last
/// two need a compiler to be there,
/// because its version is part of the cache's key.
/// </summary>
internal sealed class KernelStore
{
    private readonly KernelsFolder? _folder;
    private readonly CompilerSource _compiler;
    private readonly CubinCache _cache;
    private readonly CudaArchitecture _machine;
    private readonly ILogger _logger;

    /// <summary>A store for GPUs of a compute capability.</summary>
    /// <exception cref="DeviceNotUsableException">There is neither a compiler for them nor a kernel that was compiled in
    /// advance.</exception>
    public KernelStore(KernelsFolder? folder, CompilerSource compiler, CubinCache cache, int computeCapability, ILogger logger)
    {
        (_folder, _compiler, _cache, _logger) = (folder, compiler, cache, logger);
        _machine = new(computeCapability);
        IEnumerable<string> architectures = CudaArchitecture.TargetsOf(computeCapability).Select(_machine.NameFor);
        bool inFolder = folder is not null && architectures.Any(folder.Knows);
        if (!inFolder)
        {
            _ = compiler.Get().ArchitectureFor(computeCapability);
        }
    }

    /// <summary>The architecture that kernels are compiled for; while no compiler was needed, that of the GPU's machine code.</summary>
    public string Architecture => _compiler.Known?.ArchitectureFor(_machine.ComputeCapability) ?? _machine.Name;

    /// <summary>Why a kernel cannot be had for any kind of call; null when it can.</summary>
    public string? ReasonAgainst(KernelVariant variant)
    {
        KernelSpecialization[] kinds = [KernelSpecialization.None, KernelSpecialization.Masked];
        return _folder is null || kinds.Any(kind => IsInFolder(variant.Specialize(kind))) || _compiler.TryGet(out _, out _)
            ? null
            : $"{variant.Id} is not in {_folder} for {_machine.NameFor(variant.Target)}, and there is no NVRTC to compile it.";
    }

    /// <summary>The origin that a kernel would have now; null when it cannot be had.</summary>
    public KernelOrigin? OriginOf(SpecializedKernel kernel)
    {
        if (IsInFolder(kernel))
        {
            return KernelOrigin.Folder;
        }

        return !_compiler.TryGet(out IKernelCompiler? compiler, out _) ? null
            : _cache.Has(CacheKey(kernel, compiler)) ? KernelOrigin.Cache
            : KernelOrigin.Compiler;
    }

    /// <summary>A compiled kernel, and where it came from.</summary>
    /// <exception cref="DeviceNotUsableException">It was not compiled in advance, and there is no compiler.</exception>
    /// <exception cref="KernelCompilationException">The compiler refused it.</exception>
    public (KernelImage Image, KernelOrigin Origin) Get(SpecializedKernel kernel)
    {
        if (_folder?.TryRead(kernel, FolderArchitecture(kernel)) is { } precompiled)
        {
            KernelGenTelemetry.PrecompiledKernels.Add(1);
            CudaLog.FoundInFolder(_logger, kernel.Name, FolderArchitecture(kernel), _folder.ToString());
            return (precompiled, KernelOrigin.Folder);
        }

        IKernelCompiler compiler = CompilerFor(kernel);
        string key = CacheKey(kernel, compiler);
        if (_cache.TryRead(key) is not { } image)
        {
            return (CompileAndKeep(kernel, compiler, key), KernelOrigin.Compiler);
        }

        KernelGenTelemetry.CubinCacheHits.Add(1);
        CudaLog.FoundInCache(_logger, kernel.Name, ArchitectureOf(kernel, compiler));
        return (image, KernelOrigin.Cache);
    }

    /// <summary>Another image of a kernel that the driver refused to load.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="origin">Where the refused one came from; not the compiler.</param>
    /// <param name="reason">What the driver said.</param>
    public (KernelImage Image, KernelOrigin Origin) Replace(SpecializedKernel kernel, KernelOrigin origin, string reason)
    {
        if (origin == KernelOrigin.Folder)
        {
            _folder!.Forget(kernel, FolderArchitecture(kernel), reason);
            return Get(kernel);
        }

        CudaLog.CachedImageRefused(_logger, kernel.Name, reason);
        IKernelCompiler compiler = CompilerFor(kernel);
        string key = CacheKey(kernel, compiler);
        _cache.Forget(key);
        return (CompileAndKeep(kernel, compiler, key), KernelOrigin.Compiler);
    }

    /// <summary>
    /// The code of a kernel, as a hash: its text, compiler and architecture, or its machine code where that was made in advance.
    /// </summary>
    public string CodeIdentity(SpecializedKernel kernel) => _folder?.HashOf(kernel, FolderArchitecture(kernel)) is { } hash
        ? "cubin " + hash
        : _compiler.TryGet(out IKernelCompiler? compiler, out _) ? CacheKey(kernel, compiler) : "";

    private string ArchitectureOf(SpecializedKernel kernel, IKernelCompiler compiler) =>
        CudaArchitecture.NameFor(kernel.Variant.Target, compiler.ArchitectureFor(_machine.ComputeCapability));

    private string CacheKey(SpecializedKernel kernel, IKernelCompiler compiler) =>
        CubinCache.Key(kernel, compiler.Identity, ArchitectureOf(kernel, compiler));

    private string FolderArchitecture(SpecializedKernel kernel) => _machine.NameFor(kernel.Variant.Target);

    private bool IsInFolder(SpecializedKernel kernel) => _folder?.HashOf(kernel, FolderArchitecture(kernel)) is not null;

    private IKernelCompiler CompilerFor(SpecializedKernel kernel)
    {
        if (_compiler.TryGet(out IKernelCompiler? compiler, out string fault))
        {
            return compiler;
        }

        string needed = _folder is null
            ? ""
            : $"{kernel.Name} for {FolderArchitecture(kernel)} is not in {_folder} and has to be compiled. ";
        throw new DeviceNotUsableException(needed + fault);
    }

    private KernelImage CompileAndKeep(SpecializedKernel kernel, IKernelCompiler compiler, string key)
    {
        string architecture = ArchitectureOf(kernel, compiler);
        long begin = Stopwatch.GetTimestamp();
        KernelImage image = compiler.Compile(kernel, architecture);
        TimeSpan elapsed = Stopwatch.GetElapsedTime(begin);
        KernelGenTelemetry.CompileDuration.Record(elapsed.TotalSeconds);
        CudaLog.Compiled(_logger, kernel.Name, architecture, elapsed.TotalMilliseconds);
        foreach (AssemblerFinding finding in AssemblerLog.Parse(image.Log).Findings)
        {
            CudaLog.CompiledBadly(_logger, kernel.Name, finding.Text);
        }

        _cache.TryWrite(key, image);
        return image;
    }
}
