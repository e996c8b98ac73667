using KernelGen.Cuda.Compilation;

namespace KernelGen.Cuda;

/// <summary>How a <see cref="CudaDevice"/> is made.</summary>
public sealed record CudaDeviceOptions
{
    /// <summary>The GPU, counted as the driver does; ignored when a context is current on the calling thread.</summary>
    public int Ordinal { get; init; }

    /// <summary>The compiler; our own binding to NVRTC when null.</summary>
    public IKernelCompiler? Compiler { get; init; }

    /// <summary>Where compiled kernels are kept; what the environment says when null.</summary>
    public CubinCacheOptions? Cache { get; init; }
}
