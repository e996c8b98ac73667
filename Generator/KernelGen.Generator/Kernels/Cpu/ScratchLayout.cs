namespace KernelGen.Generator.Kernels.Cpu;

/// <summary>Lays parts of a worker's memory out one after the other, each from a cache line on.</summary>
internal sealed class ScratchLayout
{
    private const int CacheLine = 64;

    public int Bytes { get; private set; }

    public int Next(int floats)
    {
        int begin = Bytes;
        Bytes += ((floats * sizeof(float)) + CacheLine - 1) / CacheLine * CacheLine;
        return begin;
    }
}
