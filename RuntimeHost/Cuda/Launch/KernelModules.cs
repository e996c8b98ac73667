using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using KernelGen.Cuda.Compilation;
using KernelGen.Cuda.Interop;
using KernelGen.Kernels;

namespace KernelGen.Cuda.Launch;

/// <summary>The variants that are loaded into a context, each compiled and loaded once.</summary>
internal sealed unsafe class KernelModules(CudaDriver driver, KernelStore store, CudaDeviceLimits limits) : IDisposable
{
    private readonly ConcurrentDictionary<KernelVariant, Lazy<LoadedKernel>> _kernels = new();

    /// <summary>The loaded kernel of a variant. The context must be current.</summary>
    /// <exception cref="KernelCompilationException">The compiler refused it.</exception>
    /// <exception cref="CudaException">The driver refused it.</exception>
    public LoadedKernel Get(KernelVariant variant)
    {
        if (_kernels.TryGetValue(variant, out Lazy<LoadedKernel>? kernel))
        {
            return kernel.Value;
        }

        kernel = _kernels.GetOrAdd(variant, key => new(() => Load(key)));
        try
        {
            return kernel.Value;
        }
        catch
        {
            // A failure is not kept: it may have been memory, and the next call shall try again.
            _kernels.TryRemove(KeyValuePair.Create(variant, kernel));
            throw;
        }
    }

    /// <summary>Unloads everything. The context must be current.</summary>
    public void Dispose()
    {
        foreach (Lazy<LoadedKernel> kernel in _kernels.Values)
        {
            if (kernel.IsValueCreated)
            {
                _ = driver.ModuleUnload(kernel.Value.Module);
            }
        }

        _kernels.Clear();
    }

    private LoadedKernel Load(KernelVariant variant)
    {
        long begin = Stopwatch.GetTimestamp();
        (KernelImage image, bool fromDisk) = store.Get(variant);
        int result = TryLoadModule(image, out nint module);
        if (fromDisk && result is (int)CudaResult.InvalidImage or (int)CudaResult.NoBinaryForGpu or (int)CudaResult.UnsupportedPtxVersion)
        {
            image = store.Recompile(variant);
            fromDisk = false;
            result = TryLoadModule(image, out module);
        }

        driver.Check(result, $"cuModuleLoadData of {variant.Id}");
        try
        {
            LoadedStage[] stages = [.. variant.Cuda!.Stages.Select(stage => LoadStage(variant, module, stage))];
            return new(module, stages, fromDisk, Stopwatch.GetElapsedTime(begin));
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

    private LoadedStage LoadStage(KernelVariant variant, nint module, CudaStage stage)
    {
        if (stage.Threads > limits.ThreadsPerBlock || stage.SharedBytes > limits.SharedBytesPerBlock)
        {
            throw new DeviceNotUsableException(
                $"{variant.Id} needs {stage.Threads} threads and {stage.SharedBytes} bytes of shared memory in a block; {limits.Name} offers {limits.ThreadsPerBlock} and {limits.SharedBytesPerBlock}.");
        }

        nint function;
        fixed (byte* name = Encoding.UTF8.GetBytes(stage.EntryPoint + "\0"))
        {
            driver.Check(driver.ModuleGetFunction(&function, module, name), $"cuModuleGetFunction of {stage.EntryPoint}");
        }

        if (stage.SharedBytes > 0)
        {
            driver.Check(
                driver.FuncSetAttribute(function, CudaFunctionAttribute.MaxDynamicSharedSizeBytes, stage.SharedBytes),
                $"cuFuncSetAttribute of {stage.EntryPoint}");
        }

        return new(stage, function, Attribute(function, CudaFunctionAttribute.RegisterCount), Attribute(function, CudaFunctionAttribute.LocalSizeBytes));
    }

    private int Attribute(nint function, CudaFunctionAttribute attribute)
    {
        int value;
        driver.Check(driver.FuncGetAttribute(&value, attribute, function), "cuFuncGetAttribute");
        return value;
    }
}
