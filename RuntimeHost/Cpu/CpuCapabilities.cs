using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using KernelGen.Kernels;
using KernelGen.Planning;

namespace KernelGen.Cpu;

/// <summary>The instructions and vector widths that this machine's processor offers to kernels.</summary>
public static class CpuCapabilities
{
    // .NET does not tell the clock. A modest one makes predicted times pessimistic; they rank plans and promise nothing.
    private const double AssumedHertz = 2.5e9;
    private const double MultiplyAddsPerCycle = 2;
    private const double BytesPerSecondOfAThread = 10e9;
    private const double BytesPerSecondOfAMachine = 80e9;

    // Waking the workers and waiting for the last of them.
    private const double SliceSeconds = 10e-6;

    /// <summary>
    /// Why this process runs kernels with 128-bit vectors on x64, and what to do: the program was compiled ahead of time for such vectors,
    /// a setting switches wider ones off, or the processor has none. Null when it runs them with wider ones.
    /// </summary>
    public static string? NarrowVectorAdvice => NarrowVectors.Current.Advice;

    /// <summary>True when the machine can run a path.</summary>
    /// <param name="path">The path.</param>
    public static bool IsSupported(CpuVectorPath path) => path switch
    {
        CpuVectorPath.Avx512 => Vector512.IsHardwareAccelerated && Avx512F.IsSupported,
        CpuVectorPath.Avx2 => Vector256.IsHardwareAccelerated && Avx2.IsSupported && Fma.IsSupported,
        _ => true,
    };

    /// <summary>The path to take: the one asked for, or the widest there is.</summary>
    /// <param name="path">What was asked for.</param>
    /// <exception cref="DeviceNotUsableException">The machine does not have it; the message lists what it has.</exception>
    public static CpuVectorPath Resolve(CpuVectorPath path)
    {
        if (path == CpuVectorPath.Auto)
        {
            return IsSupported(CpuVectorPath.Avx512) ? CpuVectorPath.Avx512
                : IsSupported(CpuVectorPath.Avx2) ? CpuVectorPath.Avx2
                : CpuVectorPath.Vector128;
        }

        if (path is not (CpuVectorPath.Avx512 or CpuVectorPath.Avx2 or CpuVectorPath.Vector128))
        {
            throw new ArgumentOutOfRangeException(nameof(path), path, "The vector path must be Auto, Avx512, Avx2 or Vector128.");
        }

        if (!IsSupported(path))
        {
            IEnumerable<string> supported = Enum.GetValues<CpuVectorPath>().Where(IsSupported).Select(NameOf);
            throw new DeviceNotUsableException($"This machine has no {NameOf(path)}. Use one of: {string.Join(", ", supported)}.");
        }

        return path;
    }

    /// <summary>A name for people, such as <c>AVX-512</c>.</summary>
    /// <param name="path">A path.</param>
    public static string NameOf(CpuVectorPath path) => path switch
    {
        CpuVectorPath.Auto => "auto",
        CpuVectorPath.Avx512 => "AVX-512",
        CpuVectorPath.Avx2 => "AVX2",
        _ => AdvSimd.IsSupported ? "NEON" : "128-bit vectors",
    };

    internal static CpuKernel KernelFor(CpuKernelSet kernels, CpuVectorPath path) => path switch
    {
        CpuVectorPath.Avx512 => kernels.Vector512,
        CpuVectorPath.Avx2 => kernels.Vector256,
        _ => kernels.Vector128,
    };

    internal static DeviceProfile Profile(CpuVectorPath path, int threads, long totalMemoryBytes)
    {
        int lanes = path switch { CpuVectorPath.Avx512 => 16, CpuVectorPath.Avx2 => 8, _ => 4 };
        return new(
            threads,
            threads * AssumedHertz * MultiplyAddsPerCycle * lanes * 2,
            Math.Min(threads * BytesPerSecondOfAThread, BytesPerSecondOfAMachine),
            SliceSeconds,
            totalMemoryBytes)
        {
            CacheBytes = CpuMemoryProbe.LastLevelCacheBytes(),
        };
    }
}
