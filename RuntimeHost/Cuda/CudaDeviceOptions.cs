using KernelGen.Cuda.Compilation;
using KernelGen.Kernels;
using KernelGen.Planning;
using Microsoft.Extensions.Logging;

namespace KernelGen.Cuda;

/// <summary>The options of a <see cref="CudaDevice"/>.</summary>
public sealed record CudaDeviceOptions
{
    /// <summary>The GPU, counted as the driver does; not looked at when a context is current on the calling thread.</summary>
    public int Ordinal { get; init; }

    /// <summary>The compiler; our own binding to NVRTC when null.</summary>
    public IKernelCompiler? Compiler { get; init; }

    /// <summary>The cache of compiled kernels; as the environment says when null.</summary>
    public CubinCacheOptions? Cache { get; init; }

    /// <summary>
    /// A folder of kernels compiled in advance (<c>kernels --compile --out</c>, or <c>KernelGenPrecompile</c> at <c>dotnet publish</c>); a
    /// kernel that is in it needs no compiler. It is trusted
    /// as the application is: its machine code runs on the GPU. When null <c>KERNELGEN_KERNELS_DIR</c> names it (or nothing when that is
    /// <c>off</c>), else it is <c>kernels</c> beside the
    /// application, where that is there. Empty for none.
    /// </summary>
    public string? PrecompiledKernels { get; init; }

    /// <summary>
    /// Measures the free memory of the host, for GPUs that share it: there the driver's number leaves out what the system would give up on
    /// demand.
    /// The driver's number when null.
    /// </summary>
    public Func<MemoryBudget>? HostMemory { get; init; }

    /// <summary>
    /// The experimental kernels that plans may take, beside all that are not. On compute capability 9.0 (H100, H200)
    /// <see cref="ExperimentalKernels.Hopper"/>
    /// offers the kernels with Hopper's own instructions, which will be the fastest there; without it such a GPU runs those of the target
    /// <c>sm80</c>.
    /// None by default: an H100 has run them in one check only.
    /// </summary>
    public ExperimentalKernels ExperimentalKernels { get; init; }

    /// <summary>
    /// Told what is compiled, read from the folder of kernels compiled in advance or from the cache, and made smaller for lack of memory;
    /// nothing is logged when null.
    /// </summary>
    public ILogger? Logger { get; init; }
}
