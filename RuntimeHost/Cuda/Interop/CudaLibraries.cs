using System.Diagnostics.CodeAnalysis;

namespace KernelGen.Cuda.Interop;

/// <summary>The native libraries of CUDA, loaded when they are first asked for, or the reason why there are none.</summary>
/// <param name="driverPath">The driver and nothing else; its usual names when null.</param>
/// <param name="nvrtcPath">NVRTC and nothing else; its usual names and folders when null.</param>
internal sealed class CudaLibraries(string? driverPath, string? nvrtcPath)
{
    /// <summary>Overrides where the driver is looked for.</summary>
    public const string DriverVariable = "KERNELGEN_CUDA_LIBRARY";

    /// <summary>Overrides where NVRTC is looked for.</summary>
    public const string NvrtcVariable = "KERNELGEN_NVRTC_LIBRARY";

    private static readonly Lazy<CudaLibraries> _shared = new(() => new(Variable(DriverVariable), Variable(NvrtcVariable)));

    private readonly Lazy<(CudaDriver? Driver, string Fault)> _driver = new(() => OpenDriver(driverPath));
    private readonly Lazy<(Nvrtc? Nvrtc, string Fault)> _nvrtcForAnyDriver = new(() => OpenNvrtc(nvrtcPath, driver: null));
    private Lazy<(Nvrtc? Nvrtc, string Fault)>? _nvrtc;

    /// <summary>The libraries that the environment names; the same for the whole process.</summary>
    public static CudaLibraries Shared => _shared.Value;

    /// <summary>The driver, or why it cannot be used and what to install.</summary>
    public bool TryGetDriver([NotNullWhen(true)] out CudaDriver? driver, out string fault)
    {
        (driver, fault) = _driver.Value;
        return driver is not null;
    }

    /// <summary>NVRTC whose machine code the driver loads, or why it cannot be used and what to install.</summary>
    public bool TryGetNvrtc([NotNullWhen(true)] out Nvrtc? nvrtc, out string fault)
    {
        LazyInitializer.EnsureInitialized(ref _nvrtc, () => new(() => OpenNvrtc(nvrtcPath, _driver.Value.Driver)));
        (nvrtc, fault) = _nvrtc.Value;
        return nvrtc is not null;
    }

    /// <summary>NVRTC for code that this machine need not run, so that the driver, if there is one, does not matter.</summary>
    public bool TryGetNvrtcForAnyDriver([NotNullWhen(true)] out Nvrtc? nvrtc, out string fault)
    {
        (nvrtc, fault) = _nvrtcForAnyDriver.Value;
        return nvrtc is not null;
    }

    /// <summary>The names of the driver, for the loader, which knows where drivers are installed.</summary>
    /// <param name="system">The system.</param>
    public static string[] DriverNames(SearchedSystem system) => system.IsWindows ? ["nvcuda.dll"] : ["libcuda.so.1"];

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    private static (CudaDriver? Driver, string Fault) OpenDriver(string? path)
    {
        NativeLibrarySearch search = new();
        return search.Open(path is not null ? [path] : DriverNames(SearchedSystem.Current), CudaDriver.Bind) is { } driver
            ? (driver, "")
            : (null,
                $"No CUDA driver can be used.\nInstall the NVIDIA driver (for CUDA 12 or newer), or set {DriverVariable} to its "
                    + $"library.\nTried:{search.Failures}");
    }

    private static (Nvrtc? Nvrtc, string Fault) OpenNvrtc(string? path, CudaDriver? driver)
    {
        NativeLibrarySearch search = new();
        return search.Open(path is not null
            ? [path]
            : new NvrtcLocations(SearchedSystem.Current).Candidates(), (library, name) => Nvrtc.Bind(library, name, driver)) is { } nvrtc
            ? (nvrtc, "")
            : (null,
                "No NVRTC, the run-time compiler of CUDA, can be used.\nInstall the CUDA toolkit 12 or 13 (or its package cuda-nvrtc, "
                    + $"or the pip wheel nvidia-cuda-nvrtc), or set {NvrtcVariable} to its library.\nTried:{search.Failures}");
    }
}
