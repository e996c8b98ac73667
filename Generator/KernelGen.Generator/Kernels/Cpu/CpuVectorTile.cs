namespace KernelGen.Generator.Kernels.Cpu;

/// <summary>The register tiles of the micro-kernels at one vector width.</summary>
/// <remarks>
/// A lane group is two vectors of query rows. Both micro-kernels hold <c>tile x 2</c> accumulators, two vectors of operands and a broadcast
/// number, which has to fit the vector registers: 32 with AVX-512, 16 with AVX2 and with 128-bit vectors on x86. Two multiply-adds a cycle
/// that take four cycles each want 8 accumulators at the very least; a few more hide what else gets in the way. With AVX-512 the first
/// tile of values makes the weights besides: there is just the room for the 13 registers more that this takes. With 16 registers
/// accumulators would go to memory, and weights come first.
/// </remarks>
internal sealed record CpuVectorTile
{
    /// <summary>The keys by which weights are computed ahead of values: enough to hide an exp2's latency, few to wait for.</summary>
    public const int Lead = 8;

    private CpuVectorTile(int vectorBits, int scoreKeys, int fusedValueDims, params CpuValueTile[] valueTiles)
    {
        VectorBits = vectorBits;
        ScoreKeys = scoreKeys;
        FusedValueDims = fusedValueDims;
        ValueTiles = [.. valueTiles.Where(tile => tile.Count > 0)];
    }

    public int VectorBits { get; }

    /// <summary>Query rows of a lane group: two vectors of fp32.</summary>
    public int Lanes => VectorBits / 32 * 2;

    /// <summary>Keys of a tile of <c>S = K Q</c>; a divisor of <see cref="CpuTiling.KeyStep"/>.</summary>
    public int ScoreKeys { get; }

    /// <summary>Head dims of the first tile of <c>O += V P</c> where it makes the weights besides; 0 where weights come first.</summary>
    public int FusedValueDims { get; }

    /// <summary>The tiles of the rest of the head dim for <c>O += V P</c>.</summary>
    public IReadOnlyList<CpuValueTile> ValueTiles { get; }

    /// <summary>The most vector registers that a micro-kernel keeps busy with products.</summary>
    public int Registers => (System.Math.Max(ScoreKeys, FusedValueDims) * 2) + 3;

    /// <summary>Chooses the tiles for a head dim.</summary>
    public static CpuVectorTile For(int vectorBits, int headDim)
    {
        if (vectorBits == 512)
            return new(vectorBits, scoreKeys: 12, fusedValueDims: 8, new CpuValueTile(8, (headDim / 8) - 1));

        // Sixes, and as few fours as make up a multiple of eight.
        int fours = (headDim % 6) switch { 0 => 0, 4 => 1, _ => 2 };
        int sixes = (headDim - (fours * 4)) / 6;
        return new(vectorBits, scoreKeys: 6, fusedValueDims: 0, new CpuValueTile(6, sixes), new CpuValueTile(4, fours));
    }
}
