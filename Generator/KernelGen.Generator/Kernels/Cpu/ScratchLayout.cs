namespace KernelGen.Generator.Kernels.Cpu;

/// <summary>The parts of a worker's scratch memory, one after the other, each from a cache line on.</summary>
internal abstract class ScratchLayout
{
    private const int CacheLine = 64;
    private readonly List<(string Name, int At, int Floats)> _parts = [];

    /// <summary>The parts in their order: the template variable of the place, such as <c>queries_at</c>, and that in bytes.</summary>
    public IReadOnlyList<(string Name, int At, int Floats)> Parts => _parts;

    /// <summary>Behind the last part, in bytes.</summary>
    public int End { get; private set; }

    /// <summary>Totals of chunks: pairs of outputs and sums, and a maximum, of each row; two factors of each lane.</summary>
    protected static int TotalsBytes(int rows, CpuTiling tiling) =>
        sizeof(float) * ((rows * ((2 * tiling.HeadDim) + 3)) + (2 * tiling.MaxLanes));

    protected void Add(string name, int floats)
    {
        _parts.Add((name, End, floats));
        End += ((floats * sizeof(float)) + CacheLine - 1) / CacheLine * CacheLine;
    }
}
