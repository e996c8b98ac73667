namespace KernelGen.Generator.Kernels.Simt;

/// <summary>The tiling of a kernel of the target <c>simt</c>: threads of a block, their register tiles, and shared memory.</summary>
/// <remarks>
/// <para>
/// A block computes <see cref="TileRows"/> query rows against tiles of <see cref="TileKeys"/> keys, in fp32. <see cref="Lanes"/>
/// neighbouring threads share the rows of a group: each owns <see cref="RowsPerThread"/> rows, <see cref="KeysPerThread"/> keys of a tile
/// and <see cref="LaneDims"/> elements of the output rows, so that a row's softmax needs shuffles only among its lanes.
/// </para>
/// <para>
/// Shared memory holds a chunk of Q and one of K, over which the probabilities are written later, and after them a chunk of V. Q is read
/// again for each tile of keys: that costs 3/2 of the least traffic and leaves the shared memory of a block below 48 KiB for every head
/// dim.
/// </para>
/// </remarks>
internal sealed record SimtTiling
{
    /// <summary>Shared memory that a block has on every GPU without asking for more, in bytes.</summary>
    public const int SharedBytesLimit = 48 * 1024;

    public const int RegisterLimit = 255;

    /// <summary>Threads of a block of the softmax of <c>materialized</c>; a warp computes a row.</summary>
    public const int SoftmaxThreads = 128;

    public const int SoftmaxRows = SoftmaxThreads / WarpLanes;
    public const int RowGroups = 16;

    /// <summary>The most query rows of a tile: four for each thread.</summary>
    public const int MaxTileRows = 4 * RowGroups;

    /// <summary>Keys of a tile. The workspace of <c>materialized</c> is padded to it.</summary>
    public const int TileKeys = 64;

    private const int MultiprocessorRegisters = 64 * 1024;
    private const int RegisterGroup = 8; // registers of a thread are given in groups
    private const int WarpLanes = 32;
    private const int BankGroup = 4;
    private const int MaxChunkDims = 44;
    private const int MinChunkDims = 24;
    private const int ValueChunkBytes = 16 * 1024;

    public SimtTiling(int headDim, int tileRows)
    {
        HeadDim = headDim;
        TileRows = tileRows;
        Lanes = headDim <= 256 ? 8 : 16;
        ChunkDims = ChunkDimsFor(headDim);
        ValueKeys = ValueKeysFor(ValuePitch);
    }

    public int HeadDim { get; }
    public int TileRows { get; }

    /// <summary>
    /// Threads that share a row. Eight divide every head dim; above 256, where a thread's part of the output no longer fits in its
    /// registers, it is sixteen.
    /// </summary>
    public int Lanes { get; }

    public int Threads => RowGroups * Lanes;
    public int RowsPerThread => TileRows / RowGroups;
    public int KeysPerThread => TileKeys / Lanes;

    /// <summary>Elements of the head dim that dot products take at once. The last chunk may be shorter.</summary>
    public int ChunkDims { get; }

    /// <summary>
    /// Floats from a row of a chunk of Q or K to the next: an odd number of 16-byte groups, so that eight neighbouring rows lie in
    /// different banks.
    /// </summary>
    public int ChunkPitch => ChunkDims / BankGroup % 2 == 1 ? ChunkDims : ChunkDims + BankGroup;

    /// <summary>The pitch of probabilities in floats: rows are <see cref="Lanes"/> banks apart, which a warp's stores fill.</summary>
    public int ProbabilityPitch => TileKeys + Lanes;

    /// <summary>Floats from a row of V to the next: the head dim rounded up to the lanes.</summary>
    public int ValuePitch => (HeadDim + Lanes - 1) / Lanes * Lanes;

    public int ValueKeys { get; }

    /// <summary>Elements of an output row that a lane computes.</summary>
    public int LaneDims => ValuePitch / Lanes;

    /// <summary>Groups of four among them.</summary>
    public int LaneQuads => LaneDims / 4;

    /// <summary>1 when two elements are left over after the quads, else 0.</summary>
    public int LanePairs => LaneDims % 4 / 2;

    /// <summary>1 when one element is left over at the end, else 0.</summary>
    public int LaneSingles => LaneDims % 2;

    /// <summary>The offset of the lanes' pairs in a row.</summary>
    public int PairsBegin => 4 * LaneQuads * Lanes;

    /// <summary>The offset of the lanes' singles in a row.</summary>
    public int SinglesBegin => PairsBegin + (2 * LanePairs * Lanes);

    /// <summary>The offset of the chunk of V in shared memory, in floats.</summary>
    public int ValueChunkBegin => Math.Max((TileRows + TileKeys) * ChunkPitch, TileRows * ProbabilityPitch);

    public int SharedBytes => sizeof(float) * (ValueChunkBegin + (ValueKeys * ValuePitch));

    /// <summary>
    /// Registers of a thread that the code calls for: the output sums and either the scores with a column of operands, or the operands of
    /// the values, and about forty for addresses, softmax and the compiler. ptxas decides; a measurement replaces this number where there
    /// is a GPU.
    /// </summary>
    public int ExpectedRegisters
    {
        get
        {
            int sums = RowsPerThread * LaneDims;
            int scorePhase = (RowsPerThread * KeysPerThread) + (4 * RowsPerThread) + 4;
            int valuePhase = (4 * RowsPerThread) + LaneDims;
            return sums + Math.Max(scorePhase, valuePhase) + 40;
        }
    }

    /// <summary>The blocks that the registers of a multiprocessor suffice for; a launch bound where shared memory holds as many.</summary>
    public int RegisterBlocks => Math.Max(
        1, MultiprocessorRegisters / (Threads * ((ExpectedRegisters + RegisterGroup - 1) / RegisterGroup * RegisterGroup)));

    // Short rows in one go; others in the chunks that leave the least of the last one empty, the longest of those.
    private static int ChunkDimsFor(int headDim)
    {
        if (headDim <= MaxChunkDims)
            return headDim;

        int best = MaxChunkDims;
        for (int dims = MaxChunkDims; dims >= MinChunkDims; dims -= BankGroup)
        {
            if (Padding(headDim, dims) < Padding(headDim, best))
                best = dims;
        }

        return best;
    }

    private static int Padding(int headDim, int chunkDims) => ((headDim + chunkDims - 1) / chunkDims * chunkDims) - headDim;

    private static int ValueKeysFor(int valuePitch)
    {
        int keys = TileKeys;
        while (keys * valuePitch * sizeof(float) > ValueChunkBytes)
            keys /= 2;
        return keys;
    }
}
