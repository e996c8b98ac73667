using KernelGen.Cuda.Compilation;
using KernelGen.Cuda.Interop;
using KernelGen.Files;
using Microsoft.Extensions.Logging.Abstractions;

namespace KernelGen.Cuda;

/// <summary>
/// What there is of CUDA on this machine, for people: driver, GPUs, run-time compiler, cache; and what is missing and how to get it.
/// </summary>
/// <param name="Driver">The driver; null when it cannot be used.</param>
/// <param name="Compiler">NVRTC; null when it cannot be used.</param>
/// <param name="Devices">The GPUs, one line each.</param>
/// <param name="Cache">Where compiled kernels are kept.</param>
/// <param name="Faults">What is missing, what was tried and what to install; empty when kernels can be run.</param>
public sealed record CudaReport(string? Driver, string? Compiler, IReadOnlyList<string> Devices, string Cache, IReadOnlyList<string> Faults)
{
    /// <summary>The folder of kernels compiled in advance, and what it has; null when there is none.</summary>
    public string? PrecompiledKernels { get; init; }

    /// <summary>Looks, without creating a context. Never fails.</summary>
    public static CudaReport Create() => Create(CudaLibraries.Shared);

    /// <summary>As the public method, with other libraries than the process's own.</summary>
    internal static CudaReport Create(CudaLibraries libraries)
    {
        List<string> faults = [];
        List<string> devices = [];
        List<CudaDeviceLimits> usable = [];
        string? driverText = null;
        if (libraries.TryGetDriver(out CudaDriver? driver, out string driverFault))
        {
            driverText = $"{driver.LoadedFrom}, for CUDA {driver.VersionText}";
            try
            {
                AddDevices(driver, devices, usable, faults);
            }
            catch (CudaException fault)
            {
                faults.Add(fault.Message);
            }
        }
        else
        {
            faults.Add(driverFault);
        }

        string? folder = KernelsFolder.Locate(chosen: null);
        string? compilerText = null;
        if (libraries.TryGetNvrtc(out Nvrtc? nvrtc, out string nvrtcFault))
        {
            string capabilities =
                string.Join(' ',
                    nvrtc.SupportedArchitectures.Select(
                        number => Invariant($"{number / 10}.{number % 10}")));
            compilerText = $"{nvrtc.LoadedFrom}, version {nvrtc.Version}, for compute capability {capabilities}";
        }
        else if (folder is null || usable.Count == 0 || !usable.TrueForAll(limits => HasKernels(folder, limits)))
        {
            faults.Add(nvrtcFault);
        }

        CubinCacheOptions cache = CubinCacheOptions.FromEnvironment();
        return new(driverText, compilerText, devices, Text(cache), faults)
        {
            PrecompiledKernels = folder is null ? null : KernelsFolder.Describe(folder),
        };
    }

    private static bool HasKernels(string folder, CudaDeviceLimits limits)
    {
        KernelsFolder kernels = new(folder, NullLogger.Instance);
        CudaArchitecture architecture = new(limits.ComputeCapability);
        return limits.Targets.Any(target => kernels.Knows(architecture.NameFor(target)));
    }

    private static string Text(CubinCacheOptions cache) => cache.Folder is null
        ? $"off ({CubinCacheOptions.FolderVariable})"
        : PrivateFolder.ReasonAgainst(cache.Folder) is { } reason ? $"off: {cache.Folder} is passed over, {reason}"
        : Invariant($"{cache.Folder}, at most {cache.MaxBytes >> 20} MiB");

    private static unsafe void AddDevices(CudaDriver driver, List<string> devices, List<CudaDeviceLimits> usable, List<string> faults)
    {
        int count;
        driver.Check(driver.DeviceGetCount(&count), "cuDeviceGetCount");
        for (int ordinal = 0; ordinal < count; ordinal++)
        {
            int device;
            driver.Check(driver.DeviceGet(&device, ordinal), "cuDeviceGet");
            CudaDeviceLimits limits = CudaDeviceLimits.Read(driver, device);
            if (limits.Targets.Count > 0)
            {
                usable.Add(limits);
            }

            string kernels = limits.Targets.Count == 0
                ? "too old for kernels, which need 7.5"
                : $"runs {string.Join(' ', limits.Targets.Select(target => Kernels.KernelNames.Name(target)))}";
            devices.Add(
                Invariant($"{limits.Name}, compute capability {limits.ComputeCapabilityText} ({kernels}), ")
                    + Invariant($"{limits.TotalMemoryBytes / (double)(1L << 30):F1} GiB, {limits.Multiprocessors} multiprocessors"));
        }

        if (usable.Count == 0)
        {
            faults.Add(count == 0
                ? "The driver sees no GPU. CUDA_VISIBLE_DEVICES may hide it, or a container may not have been given one (--gpus all)."
                : "No GPU is new enough: kernels need compute capability 7.5 (Turing) or newer. Kernels run on the CPU.");
        }
    }
}
