namespace KernelGen.Generator.Kernels.Cpu;

/// <summary>Lays parts of a worker's memory out one after the other, each from a cache line on.</summary>
internal sealed class ScratchLayout
{
    private const int CacheLine = 64;

    public int Bytes { get; private set; }

    /// <summary>Totals of chunks: pairs of outputs and sums, and a maximum, of each row; two factors of each lane.</summary>
    public static int TotalsBytes(int rows, CpuTiling tiling) =>
        sizeof(float) * ((rows * ((2 * tiling.HeadDim) + 3)) + (2 * tiling.MaxLanes));

    public int Next(int floats)
    {
        int begin = Bytes;
        Bytes += ((floats * sizeof(float)) + CacheLine - 1) / CacheLine * CacheLine;
        return begin;
    }
}
