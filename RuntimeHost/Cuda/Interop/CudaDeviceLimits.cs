using System.Runtime.InteropServices;
using System.Text;
using KernelGen.Cuda.Interop;
using KernelGen.Kernels;
using KernelGen.Planning;

namespace KernelGen.Cuda;

/// <summary>The identity and limits of a GPU.</summary>
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
    /// <summary>The cost of a launch.</summary>
    private const double SliceSeconds = 10e-6;

    /// <summary>
    /// Peak fp32 multiply-adds of its ordinary cores, two operations each: 128 lanes of a multiprocessor, right for compute capability 8.6
    /// to 12 and twice too much for 7.5 and 8.0.
    /// </summary>
    public double FlopsPerSecond => 256.0 * Multiprocessors * Math.Max(ClockKilohertz, 1) * 1e3;

    /// <summary>
    /// Peak multiply-adds of 16-bit elements with fp32 sums on tensor cores through <c>mma.sync</c>, two operations each: 2048 a clock in a
    /// multiprocessor of the data-centre chips (compute capability 8.0, 9.0, 10.x), 512 in the others.
    /// </summary>
    public double TensorFlopsPerSecond =>
        (KernelCosts.HasFastTensorCores(ComputeCapability) ? 2048.0 : 512.0) * Multiprocessors * Math.Max(ClockKilohertz, 1) * 1e3;

    /// <summary>The limits of a multiprocessor.</summary>
    public MultiprocessorLimits Multiprocessor => MultiprocessorLimits.ForComputeCapability(ComputeCapability);

    /// <summary>Bytes of the L2 cache; 0 when the driver does not tell.</summary>
    public int L2Bytes { get; init; }

    /// <summary>The compute capability as it is usually written, such as <c>9.0</c>.</summary>
    public string ComputeCapabilityText =>
        Invariant($"{ComputeCapability / 10}.{ComputeCapability % 10}");

    /// <summary>The targets that the GPU runs; none when it is too old.</summary>
    public IReadOnlyList<KernelTarget> Targets => CudaArchitecture.TargetsOf(ComputeCapability);

    /// <summary>The GPU as the planner sees it.</summary>
    /// <param name="experimental">The experimental kernels that plans may take.</param>
    public DeviceProfile CreateProfile(ExperimentalKernels experimental = ExperimentalKernels.None) =>
        new(Workers: 0, FlopsPerSecond, MemoryBytesPerSecond, SliceSeconds, TotalMemoryBytes)
        {
            TensorFlopsPerSecond = TensorFlopsPerSecond,
            CacheBytes = L2Bytes,
            ParallelTiles = Multiprocessors,
            Multiprocessor = Multiprocessor,
            ExperimentalKernels = experimental,
            Costs = KernelCosts.ForComputeCapability(ComputeCapability),
        };

    /// <summary>Why the GPU cannot run a variant; null when it can.</summary>
    /// <param name="variant">The variant.</param>
    public string? ReasonAgainst(KernelVariant variant)
    {
        ArgumentNullException.ThrowIfNull(variant);
        if (variant.Cuda is not { } cuda)
        {
            return $"{variant.Id} is not a CUDA kernel; plan with the host that runs the plan.";
        }

        if (!Targets.Contains(variant.Target))
        {
            return $"{variant.Id}: {Name} has compute capability {ComputeCapabilityText}, which {variant.Target.Name()} kernels are not "
                + "for.";
        }

        foreach (CudaStage stage in cuda.Stages)
        {
            if (stage.Threads > ThreadsPerBlock || stage.SharedBytes > SharedBytesPerBlock)
            {
                return Invariant($"{variant.Id}: a block of {stage.EntryPoint} has {stage.Threads} threads and {stage.SharedBytes} bytes ")
                    + Invariant($"of shared memory; {Name} offers {ThreadsPerBlock} and {SharedBytesPerBlock}.");
            }
        }

        return null;
    }

    internal static unsafe CudaDeviceLimits Read(CudaDriver driver, int device)
    {
        byte* name = stackalloc byte[256];
        driver.Check(driver.DeviceGetName(name, 256, device), "cuDeviceGetName");
        nuint memory;
        driver.Check(driver.DeviceTotalMem(&memory, device), "cuDeviceTotalMem");
        return new(
            Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name)),
            (10 * Attribute(CudaDeviceAttribute.ComputeCapabilityMajor)) + Attribute(CudaDeviceAttribute.ComputeCapabilityMinor),
            Attribute(CudaDeviceAttribute.MultiprocessorCount),
            Attribute(CudaDeviceAttribute.ClockRate),

            // Two transfers a clock; kHz and bits. A GPU that shares the host's memory may not tell: then a usual number for such machines.
            2.0 * Attribute(CudaDeviceAttribute.MemoryClockRate) * 1e3 * Attribute(CudaDeviceAttribute.GlobalMemoryBusWidth) / 8 is > 0
                and double bandwidth
                ? bandwidth
                : 100e9,
            (long)memory,
            Attribute(CudaDeviceAttribute.MaxSharedMemoryPerBlockOptIn),
            Attribute(CudaDeviceAttribute.MaxThreadsPerBlock),
            Attribute(CudaDeviceAttribute.MaxGridDimY),
            Attribute(CudaDeviceAttribute.Integrated) != 0)
        {
            L2Bytes = Attribute(CudaDeviceAttribute.L2CacheSize),
        };

        int Attribute(CudaDeviceAttribute attribute)
        {
            int value;
            driver.Check(driver.DeviceGetAttribute(&value, attribute, device), $"cuDeviceGetAttribute of {attribute}");
            return value;
        }
    }
}
