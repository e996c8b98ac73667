using System.Globalization;
using System.Text;
using KernelGen.Cuda.Interop;

namespace KernelGen.Cuda;

/// <summary>What a GPU is and can do.</summary>
/// <param name="Name">Its name.</param>
/// <param name="ComputeCapability">Ten times the major plus the minor number, such as 80 or 90.</param>
/// <param name="Multiprocessors">Streaming multiprocessors.</param>
/// <param name="ClockKilohertz">Core clock.</param>
/// <param name="MemoryBytesPerSecond">Peak bandwidth of its memory.</param>
/// <param name="TotalMemoryBytes">Its memory.</param>
/// <param name="SharedBytesPerBlock">Most shared memory that a block can opt in to.</param>
/// <param name="ThreadsPerBlock">Most threads of a block.</param>
/// <param name="GridHeight">Largest y dimension of a grid.</param>
/// <param name="IsIntegrated">True when it shares the host's memory.</param>
public sealed record CudaDeviceLimits(
    string Name,
    int ComputeCapability,
    int Multiprocessors,
    int ClockKilohertz,
    double MemoryBytesPerSecond,
    long TotalMemoryBytes,
    int SharedBytesPerBlock,
    int ThreadsPerBlock,
    int GridHeight,
    bool IsIntegrated)
{
    /// <summary>The compute capability as it is usually written, such as <c>9.0</c>.</summary>
    public string ComputeCapabilityText => string.Create(CultureInfo.InvariantCulture, $"{ComputeCapability / 10}.{ComputeCapability % 10}");

    internal static unsafe CudaDeviceLimits Read(CudaDriver driver, int device)
    {
        byte* name = stackalloc byte[256];
        driver.Check(driver.DeviceGetName(name, 256, device), "cuDeviceGetName");
        nuint memory;
        driver.Check(driver.DeviceTotalMem(&memory, device), "cuDeviceTotalMem");
        return new(
            Encoding.UTF8.GetString(System.Runtime.InteropServices.MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name)),
            (10 * Attribute(CudaDeviceAttribute.ComputeCapabilityMajor)) + Attribute(CudaDeviceAttribute.ComputeCapabilityMinor),
            Attribute(CudaDeviceAttribute.MultiprocessorCount),
            Attribute(CudaDeviceAttribute.ClockRate),

            // Two transfers a clock; kHz and bits.
            2.0 * Attribute(CudaDeviceAttribute.MemoryClockRate) * 1e3 * Attribute(CudaDeviceAttribute.GlobalMemoryBusWidth) / 8,
            (long)memory,
            Attribute(CudaDeviceAttribute.MaxSharedMemoryPerBlockOptIn),
            Attribute(CudaDeviceAttribute.MaxThreadsPerBlock),
            Attribute(CudaDeviceAttribute.MaxGridDimY),
            Attribute(CudaDeviceAttribute.Integrated) != 0);

        int Attribute(CudaDeviceAttribute attribute)
        {
            int value;
            driver.Check(driver.DeviceGetAttribute(&value, attribute, device), "cuDeviceGetAttribute");
            return value;
        }
    }
}
