using System.Globalization;
using KernelGen.Cuda;
using KernelGen.Cuda.Compilation;
using KernelGen.Cuda.Interop;
using KernelGen.CudaEmulator;
using KernelGen.Kernels;
using KernelGen.Tensors;

namespace KernelGen.RuntimeHost.Tests.Cuda;

/// <summary>
/// The device that CUDA tests run on: the GPU with <c>KERNELGEN_TEST_DEVICE=cuda</c>, else the emulator where there is a g++.
/// </summary>
internal static class CudaTest
{
    /// <summary>The lock that every CUDA test takes: settings and counters of the emulator are of the process.</summary>
    public const string Resource = "CUDA";

    public const string NoDevice = "There is neither a GPU to test (KERNELGEN_TEST_DEVICE=cuda) nor a g++ to build the CUDA emulator with.";

    public const string NoEmulator =
        "This needs the CUDA emulator: there is no g++ to build it with, or KERNELGEN_TEST_DEVICE=cuda asks for the GPU.";

    private static readonly string _cacheFolder = Directory.CreateTempSubdirectory("kernelgen-cuda-tests-").FullName;

    public static bool UsesGpu { get; } = Environment.GetEnvironmentVariable("KERNELGEN_TEST_DEVICE") == "cuda";

    public static bool HasEmulator => !UsesGpu && EmulatorLibrary.CanBeBuilt;

    public static bool HasDevice => UsesGpu || HasEmulator;

    public static CudaLibraries Libraries => UsesGpu ? CudaLibraries.Shared : Emulator.Libraries;

    /// <summary>A cache that all tests share, so that each kernel is compiled once.</summary>
    public static CubinCacheOptions SharedCache { get; } = new(_cacheFolder, 1L << 30);

    /// <summary>All kernels for compute capability 9.0.</summary>
    public const ExperimentalKernels AllHopper = ExperimentalKernels.Hopper | ExperimentalKernels.HopperMulticast;

    /// <summary>Opens the device. On a GPU capability and memory are what they are.</summary>
    public static CudaDevice Open(string capability = "8.0", long memoryBytes = 2L << 30, CudaDeviceOptions? options = null)
    {
        if (!UsesGpu)
        {
            Emulator.Set("COMPUTE_CAPABILITY", capability);
            Emulator.Set("MEMORY", memoryBytes.ToString(CultureInfo.InvariantCulture));
            Emulator.Set("DRIVER_VERSION", "13000");
            Emulator.Set("INTEGRATED", "0");
            Emulator.Set("REGISTERS", "0");
            Emulator.Set("FAIL", "");
            Emulator.Set("SEED", "1");
        }

        return CudaDevice.Create(options ?? new() { Cache = SharedCache, ExperimentalKernels = AllHopper }, Libraries);
    }

    /// <summary>A host on the device.</summary>
    public static AttentionHost Host(CudaDevice device, long? freeBytes = null) =>
        new(device, "under test", new() { FreeBytes = freeBytes });

    /// <summary>
    /// The error that outputs may have: that of one rounding, more where probabilities are rounded, too, for the tensor cores.
    /// </summary>
    public static double Bound(KernelVariant variant) => (variant.ElementType, variant.Target) switch
    {
        (ElementType.Float32, _) => 2e-6,
        (ElementType.Float16, KernelTarget.Simt) => 4e-4,
        (ElementType.Float16, _) => 1e-3,
        (_, KernelTarget.Simt) => 3e-3,
        _ => 8e-3,
    };

    /// <summary>The error that a log-sum-exp may have.</summary>
    public static double LogSumExpBound(KernelVariant variant, double expected) =>
        variant is { Target: KernelTarget.Sm90a, HeadDim: <= 64, ElementType: not ElementType.Float32 }
            ? 1.1e-4
            : 1e-5 * Math.Max(1, Math.Abs(expected));

    /// <summary>The least compute capability that runs a target.</summary>
    public static string CapabilityFor(KernelTarget target) => target == KernelTarget.Sm90a ? "9.0" : "8.0";

    public static void DeleteCache() => Directory.Delete(_cacheFolder, recursive: true);
}
