using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;
using KernelGen.Cuda.Compilation;
using KernelGen.Cuda.Interop;
using KernelGen.Kernels;

namespace KernelGen.Cuda.Launch;

/// <summary>The kernels that are loaded into a context, each compiled and loaded once.</summary>
internal sealed unsafe class KernelModules(CudaDriver driver, KernelStore store, CudaDeviceLimits limits)
{
    // By text: variants that share one share its module.
    private readonly ConcurrentDictionary<(CudaKernelSource? Source, KernelSpecialization Specialization), Lazy<LoadedKernel>> _kernels =
        new(new ByReference());

    /// <summary>The loaded form of a kernel. The context must be current.</summary>
    /// <exception cref="ArgumentException">It is not a CUDA variant.</exception>
    /// <exception cref="DeviceNotUsableException">The GPU cannot run it.</exception>
    /// <exception cref="KernelCompilationException">The compiler refused it.</exception>
    /// <exception cref="CudaException">The driver refused it.</exception>
    /// <remarks>A kernel that is loaded is found without allocating.</remarks>
    public LoadedKernel Get(SpecializedKernel kernel) =>
        _kernels.TryGetValue(KeyOf(kernel), out Lazy<LoadedKernel>? loaded) ? loaded.Value : Add(kernel);

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

    private LoadedKernel Add(SpecializedKernel kernel)
    {
        (CudaKernelSource?, KernelSpecialization) key = KeyOf(kernel);
        Lazy<LoadedKernel> loaded = _kernels.GetOrAdd(key, _ => new(() => Load(kernel)));
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

    private LoadedKernel Load(SpecializedKernel kernel)
    {
        KernelVariant variant = kernel.Variant;
        if (limits.ReasonAgainst(variant) is { } reason)
        {
            throw variant.Cuda is null ? new ArgumentException(reason, nameof(kernel)) : new DeviceNotUsableException(reason);
        }

        long begin = Stopwatch.GetTimestamp();
        (KernelImage image, KernelOrigin origin) = store.Get(kernel);
        int result = TryLoadModule(variant, image, out nint module, out nint[] functions, out string call);

        // What was compiled elsewhere or long ago may be for another driver, or be sound in itself and not the kernel at all.
        while (origin != KernelOrigin.Compiler && result is not ((int)CudaResult.Success or (int)CudaResult.OutOfMemory))
        {
            (image, origin) = store.Replace(kernel, origin, driver.Fault(result, call).Message);
            result = TryLoadModule(variant, image, out module, out functions, out call);
        }

        driver.Check(result, $"{call} of {kernel.Name} for {store.Architecture}");
        try
        {
            LoadedStage[] stages = [.. variant.Cuda!.Stages.Select((stage, i) => LoadStage(kernel, functions[i], stage))];
            return new(module, stages, origin, Stopwatch.GetElapsedTime(begin), image.Log);
        }
        catch
        {
            _ = driver.ModuleUnload(module);
            throw;
        }
    }

    // A module and the entry points of all stages; nothing stays loaded when one is missing.
    private int TryLoadModule(KernelVariant variant, KernelImage image, out nint module, out nint[] functions, out string call)
    {
        functions = new nint[variant.Cuda!.Stages.Count];
        nint handle = 0;
        int result;
        fixed (byte* bytes = image.Bytes.Span)
        {
            result = driver.ModuleLoadData(&handle, bytes);
        }

        (module, call) = (handle, "cuModuleLoadData");
        for (int i = 0; i < functions.Length && result == (int)CudaResult.Success; i++)
        {
            string entryPoint = variant.Cuda.Stages[i].EntryPoint;
            nint function;
            fixed (byte* name = Encoding.UTF8.GetBytes(entryPoint + "\0"))
            {
                result = driver.ModuleGetFunction(&function, handle, name);
            }

            functions[i] = function;
            if (result != (int)CudaResult.Success)
            {
                call = $"cuModuleGetFunction of {entryPoint}";
                _ = driver.ModuleUnload(handle);
            }
        }

        return result;
    }

    private LoadedStage LoadStage(SpecializedKernel kernel, nint function, CudaStage stage)
    {
        // Registers are only known now: with too many of them a block of this size does not fit.
        int threads = Attribute(function, CudaFunctionAttribute.MaxThreadsPerBlock, stage);
        if (stage.Threads > threads)
        {
            throw new DeviceNotUsableException(
                Invariant($"{kernel.Name}: compiled for {store.Architecture}, {stage.EntryPoint} can have {threads} threads in a block ")
                    + Invariant($"and needs {stage.Threads}. Use another slice size or family."));
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

    // A source is one object however many variants share it; to hash what it consists of would allocate.
    private sealed class ByReference : IEqualityComparer<(CudaKernelSource? Source, KernelSpecialization Specialization)>
    {
        public bool Equals(
            (CudaKernelSource? Source, KernelSpecialization Specialization) x,
            (CudaKernelSource? Source, KernelSpecialization Specialization) y) =>
            ReferenceEquals(x.Source, y.Source) && x.Specialization == y.Specialization;

        public int GetHashCode((CudaKernelSource? Source, KernelSpecialization Specialization) key) =>
            HashCode.Combine(RuntimeHelpers.GetHashCode(key.Source), key.Specialization);
    }
}
