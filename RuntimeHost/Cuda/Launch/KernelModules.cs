using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using KernelGen.Cuda.Compilation;
using KernelGen.Cuda.Interop;
using KernelGen.Kernels;

namespace KernelGen.Cuda.Launch;

/// <summary>The kernels that are loaded into a context, each compiled and loaded once.</summary>
internal sealed unsafe class KernelModules(CudaDriver driver, KernelStore store, CudaDeviceLimits limits)
{
    // By text: variants that share one share its module.
    private readonly ConcurrentDictionary<(CudaKernelSource? Source, KernelSpecialization Specialization), Lazy<LoadedKernel>> _kernels = new();

    /// <summary>The loaded form of a kernel. The context must be current.</summary>
    /// <exception cref="ArgumentException">It is not a CUDA variant.</exception>
    /// <exception cref="DeviceNotUsableException">The GPU cannot run it.</exception>
    /// <exception cref="KernelCompilationException">The compiler refused it.</exception>
    /// <exception cref="CudaException">The driver refused it.</exception>
    public LoadedKernel Get(SpecializedKernel kernel)
    {
        (CudaKernelSource?, KernelSpecialization) key = KeyOf(kernel);
        if (_kernels.TryGetValue(key, out Lazy<LoadedKernel>? loaded))
        {
            return loaded.Value;
        }

        loaded = _kernels.GetOrAdd(key, _ => new(() => Load(kernel)));
        try
        {
            return loaded.Value;
        }
        catch
        {
            // A failure is not kept: it may have been memory, and the next call shall try again.
            _kernels.TryRemove(KeyValuePair.Create(key, loaded));
            throw;
        }
    }

    /// <summary>The loaded form of a kernel; null when it is not loaded.</summary>
    public LoadedKernel? Find(SpecializedKernel kernel) =>
        _kernels.TryGetValue(KeyOf(kernel), out Lazy<LoadedKernel>? loaded) && loaded.IsValueCreated ? loaded.Value : null;

    /// <summary>Unloads everything. The context must be current.</summary>
    public void Unload()
    {
        foreach (Lazy<LoadedKernel> loaded in _kernels.Values)
        {
            if (loaded.IsValueCreated)
            {
                _ = driver.ModuleUnload(loaded.Value.Module);
            }
        }

        _kernels.Clear();
    }

    private static (CudaKernelSource? Source, KernelSpecialization Specialization) KeyOf(SpecializedKernel kernel) =>
        (kernel.Variant.Cuda, kernel.Specialization);

    private LoadedKernel Load(SpecializedKernel kernel)
    {
        KernelVariant variant = kernel.Variant;
        if (limits.ReasonAgainst(variant) is { } reason)
        {
            throw variant.Cuda is null ? new ArgumentException(reason) : new DeviceNotUsableException(reason);
        }

        long begin = Stopwatch.GetTimestamp();
        (KernelImage image, KernelOrigin origin) = store.Get(kernel);
        int result = TryLoadModule(image, out nint module);

        // What was compiled elsewhere or long ago may be for another driver.
        while (origin != KernelOrigin.Compiler && result is not ((int)CudaResult.Success or (int)CudaResult.OutOfMemory))
        {
            (image, origin) = store.Replace(kernel, origin, driver.Fault(result, "cuModuleLoadData").Message);
            result = TryLoadModule(image, out module);
        }

        driver.Check(result, $"cuModuleLoadData of {kernel.Name} for {store.Architecture}");
        try
        {
            LoadedStage[] stages = [.. variant.Cuda!.Stages.Select(stage => LoadStage(kernel, module, stage))];
            return new(module, stages, origin, Stopwatch.GetElapsedTime(begin), image.Log);
        }
        catch
        {
            _ = driver.ModuleUnload(module);
            throw;
        }
    }

    private int TryLoadModule(KernelImage image, out nint module)
    {
        nint handle = 0;
        int result;
        fixed (byte* bytes = image.Bytes.Span)
        {
            result = driver.ModuleLoadData(&handle, bytes);
        }

        module = handle;
        return result;
    }

    private LoadedStage LoadStage(SpecializedKernel kernel, nint module, CudaStage stage)
    {
        nint function;
        fixed (byte* name = Encoding.UTF8.GetBytes(stage.EntryPoint + "\0"))
        {
            driver.Check(driver.ModuleGetFunction(&function, module, name), $"cuModuleGetFunction of {stage.EntryPoint}");
        }

        // Registers are only known now: with too many of them a block of this size does not fit.
        int threads = Attribute(function, CudaFunctionAttribute.MaxThreadsPerBlock, stage);
        if (stage.Threads > threads)
        {
            throw new DeviceNotUsableException(string.Create(
                CultureInfo.InvariantCulture,
                $"{kernel.Name}: compiled for {store.Architecture}, {stage.EntryPoint} can have {threads} threads in a block and needs {stage.Threads}. Use another slice size or family."));
        }

        if (stage.SharedBytes > 0)
        {
            driver.Check(
                driver.FuncSetAttribute(function, CudaFunctionAttribute.MaxDynamicSharedSizeBytes, stage.SharedBytes),
                $"cuFuncSetAttribute of {stage.EntryPoint}");
        }

        int residentBlocks;
        driver.Check(
            driver.OccupancyMaxActiveBlocks(&residentBlocks, function, stage.Threads, (nuint)stage.SharedBytes),
            $"cuOccupancyMaxActiveBlocksPerMultiprocessor of {stage.EntryPoint}");
        return new(
            stage,
            function,
            Attribute(function, CudaFunctionAttribute.RegisterCount, stage),
            Attribute(function, CudaFunctionAttribute.LocalSizeBytes, stage),
            residentBlocks);
    }

    private int Attribute(nint function, CudaFunctionAttribute attribute, CudaStage stage)
    {
        int value;
        driver.Check(driver.FuncGetAttribute(&value, attribute, function), $"cuFuncGetAttribute of {stage.EntryPoint}");
        return value;
    }
}
