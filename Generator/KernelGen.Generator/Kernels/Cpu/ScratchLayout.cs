namespace KernelGen.Generator.Kernels.Cpu;

/// <summary>The parts of a worker's scratch memory, one after the other, each from a cache line on.</summary>
internal sealed class ScratchLayout
{
    private const int CacheLine = 64;
    private readonly List<ScratchPart> _parts = [];

    /// <summary>The parts in their order.</summary>
    public IReadOnlyList<ScratchPart> Parts => _parts;

    /// <summary>Bytes of all parts.</summary>
    public int Bytes { get; private set; }

    /// <summary>Totals of chunks: pairs of outputs and sums, and a maximum, of each row; two factors of each lane.</summary>
    public static int TotalsBytes(int rows, CpuTiling tiling) =>
        sizeof(float) * ((rows * ((2 * tiling.HeadDim) + 3)) + (2 * tiling.MaxLanes));

    /// <summary>Appends a part.</summary>
    public void Add(string name, int floats)
    {
        _parts.Add(new(name, Bytes, floats));
        Bytes += ((floats * sizeof(float)) + CacheLine - 1) / CacheLine * CacheLine;
    }
}
