namespace KernelGen.Cpu;

/// <summary>The options of a <see cref="CpuDevice"/>.</summary>
public sealed record CpuDeviceOptions
{
    /// <summary>Threads that work on a call, the calling one included; all that the process may use when null.</summary>
    public int? Threads { get; init; }

    /// <summary>The vector width of the kernels.</summary>
    public CpuVectorPath VectorPath { get; init; }
}
