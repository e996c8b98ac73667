namespace KernelGen.Cpu;

/// <summary>The vector width of the kernels of a CPU variant. All give the same bits on processors with fused multiply-add.</summary>
/// <remarks>
/// Arm64 always has it, x64 with AVX2. <see cref="Vector128"/> without it, on older processors and in programs that were compiled ahead of
/// time for them, rounds once more in each step of a sum, so that the last bits differ from those of all others.
/// </remarks>
public enum CpuVectorPath
{
    /// <summary>The widest that the machine has.</summary>
    Auto,

    /// <summary>512-bit vectors: AVX-512.</summary>
    Avx512,

    /// <summary>256-bit vectors: AVX2 with FMA.</summary>
    Avx2,

    /// <summary>128-bit vectors: NEON on ARM64, and what every x86 machine has.</summary>
    Vector128,
}
