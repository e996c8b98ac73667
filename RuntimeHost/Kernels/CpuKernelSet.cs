namespace KernelGen.Kernels;

/// <summary>One CPU variant, once per vector width. The device chooses a width when it starts and keeps it.</summary>
/// <param name="Vector512">For 512-bit vectors (AVX-512).</param>
/// <param name="Vector256">For 256-bit vectors (AVX2 with FMA).</param>
/// <param name="Vector128">For 128-bit vectors (NEON, and every other machine).</param>
/// <param name="TilesPerCall">The most tiles of <see cref="KernelFootprint.TileRows"/> query rows that a call may take at a time.</param>
public sealed record CpuKernelSet(CpuKernel Vector512, CpuKernel Vector256, CpuKernel Vector128, int TilesPerCall);
