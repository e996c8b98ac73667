using System.Globalization;
using KernelGen.Cuda.Compilation;
using KernelGen.Cuda.Interop;

namespace KernelGen.Cuda;

/// <summary>What there is of CUDA on this machine, for people: driver, GPUs, run-time compiler, cache; and what is missing and how to get it.</summary>
/// <param name="Driver">The driver, or why it cannot be used.</param>
/// <param name="Compiler">NVRTC, or why it cannot be used.</param>
/// <param name="Devices">The GPUs, one line each.</param>
/// <param name="Cache">Where compiled kernels are kept.</param>
/// <param name="IsUsable">True when kernels can be run.</param>
public sealed record CudaReport(string Driver, string Compiler, IReadOnlyList<string> Devices, string Cache, bool IsUsable)
{
    /// <summary>Looks, without creating a context.</summary>
    public static unsafe CudaReport Create()
    {
        CudaDriver? driver = CudaDriver.TryGet(out string driverFault);
        Nvrtc? nvrtc = Nvrtc.TryGet(out string nvrtcFault);
        List<string> devices = [];
        string driverText = driverFault;
        if (driver is not null)
        {
            int version;
            int count;
            driver.Check(driver.DriverGetVersion(&version), "cuDriverGetVersion");
            driver.Check(driver.DeviceGetCount(&count), "cuDeviceGetCount");
            driverText = string.Create(CultureInfo.InvariantCulture, $"{driver.LoadedFrom}, for CUDA {version / 1000}.{version % 1000 / 10}");
            for (int ordinal = 0; ordinal < count; ordinal++)
            {
                int device;
                driver.Check(driver.DeviceGet(&device, ordinal), "cuDeviceGet");
                CudaDeviceLimits limits = CudaDeviceLimits.Read(driver, device);
                devices.Add(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{ordinal}: {limits.Name}, compute capability {limits.ComputeCapabilityText}, {limits.TotalMemoryBytes / (double)(1L << 30):F1} GiB, {limits.Multiprocessors} multiprocessors"));
            }
        }

        string compilerText = nvrtc is null ? nvrtcFault : string.Create(
            CultureInfo.InvariantCulture,
            $"{nvrtc.LoadedFrom}, version {nvrtc.Version}, compute capabilities {string.Join(", ", nvrtc.SupportedArchitectures.Select(a => string.Create(CultureInfo.InvariantCulture, $"{a / 10}.{a % 10}")))}");
        CubinCacheOptions cache = CubinCacheOptions.FromEnvironment();
        return new(
            driverText,
            compilerText,
            devices,
            cache.Folder is null ? $"off ({CubinCacheOptions.FolderVariable})" : $"{cache.Folder}, at most {cache.MaxBytes >> 20} MiB",
            nvrtc is not null && devices.Count > 0);
    }
}
