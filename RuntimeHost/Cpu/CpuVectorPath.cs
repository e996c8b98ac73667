namespace KernelGen.Cpu;

/// <summary>Which of a CPU variant's kernels run. All give the same bits.</summary>
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
