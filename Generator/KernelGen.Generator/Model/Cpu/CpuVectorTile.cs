namespace KernelGen.Generator.Model;

/// <summary>The register tiles of the micro-kernels at one vector width.</summary>
/// <remarks>
/// A lane group is two vectors of query rows. Both micro-kernels hold <c>tile x 2</c> accumulators, two vectors of operands and one or two broadcast
/// numbers, which has to fit the vector registers: 32 with AVX-512, 16 with AVX2 and with 128-bit vectors on x86.
/// </remarks>
internal sealed record CpuVectorTile
{
    private const int SpareRegisters = 3;

    private CpuVectorTile(int vectorBits, int scoreKeys, int valueDims)
    {
        VectorBits = vectorBits;
        ScoreKeys = scoreKeys;
        ValueDims = valueDims;
    }

    /// <summary>The width: 512, 256 or 128.</summary>
    public int VectorBits { get; }

    /// <summary>Query rows of a lane group: two vectors of fp32.</summary>
    public int Lanes => VectorBits / 32 * 2;

    /// <summary>Keys of a tile of <c>S = K Q</c>; a divisor of <see cref="CpuTiling.KeyStep"/>.</summary>
    public int ScoreKeys { get; }

    /// <summary>Head dims of a tile of <c>O += V P</c>; a divisor of the head dim.</summary>
    public int ValueDims { get; }

    /// <summary>Vector registers that a micro-kernel keeps busy.</summary>
    public int Registers => (System.Math.Max(ScoreKeys, ValueDims) * 2) + SpareRegisters;

    /// <summary>Chooses the tiles for a head dim.</summary>
    /// <param name="vectorBits">The width: 512, 256 or 128.</param>
    /// <param name="headDim">A multiple of 8.</param>
    public static CpuVectorTile For(int vectorBits, int headDim) => vectorBits == 512
        ? new(vectorBits, scoreKeys: 12, valueDims: headDim % 10 == 0 ? 10 : headDim % 12 == 0 ? 12 : 8)
        : new(vectorBits, scoreKeys: 6, valueDims: headDim % 6 == 0 ? 6 : headDim % 5 == 0 ? 5 : 4);
}
