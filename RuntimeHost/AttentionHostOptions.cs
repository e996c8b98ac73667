using KernelGen.Cpu;
using KernelGen.Cuda;
using Microsoft.Extensions.Logging;

namespace KernelGen;

/// <summary>The options of an <see cref="AttentionHost"/>.</summary>
public sealed record AttentionHostOptions
{
    /// <summary>The kind of device; by default a GPU when one can be used, and the CPU otherwise.</summary>
    public DeviceKind Device { get; init; }

    /// <summary>CPU threads; all that the process may use when null.</summary>
    public int? Threads { get; init; }

    /// <summary>The vector width of the CPU kernels; the widest that the machine has by default.</summary>
    public CpuVectorPath VectorPath { get; init; }

    /// <summary>The GPU, its compiler and its cubin cache; the first GPU, NVRTC and the environment's cache when null.</summary>
    public CudaDeviceOptions? Cuda { get; init; }

    /// <summary>Free bytes to plan with instead of what the device reports.</summary>
    public long? FreeBytes { get; init; }

    /// <summary>Bytes of the free memory that plans leave alone.</summary>
    public long ReserveBytes { get; init; }

    /// <summary>
    /// Plan with the times that <see cref="AttentionHost.Warmup"/> measured on this GPU before, in this process or another. False plans by
    /// prediction until something is tuned on this host: the same plans on every machine of a kind.
    /// </summary>
    public bool UseMeasurements { get; init; } = true;

    /// <summary>Receives what was planned and run; nothing is logged when null.</summary>
    public ILogger? Logger { get; init; }
}
