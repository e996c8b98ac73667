namespace KernelGen.Generator.Kernels.Sm80;

/// <summary>How rows of 16-bit elements lie in a tile in shared memory, so that the eight rows of a matrix load fall into eight different groups of four banks.</summary>
/// <param name="Swizzled">
/// The 16-byte chunks of neighbouring rows are exchanged among each other (chunk XOR row mod 8). Else a row is an odd number of chunks, which needs no exchange.
/// </param>
internal readonly record struct Sm80Rows(int Bytes, bool Swizzled)
{
    /// <summary>Bytes of a chunk: what an asynchronous copy moves and a matrix load reads of a row.</summary>
    public const int ChunkBytes = 16;

    public const int ChunkElements = 8;

    /// <summary>The layout for a head dim. Rows of a multiple of 128 bytes are swizzled and need no padding; others are padded to an odd number of chunks.</summary>
    public static Sm80Rows For(int headDim)
    {
        int chunks = headDim / ChunkElements;
        bool swizzled = chunks % 8 == 0;
        return new(ChunkBytes * (swizzled ? chunks : chunks | 1), swizzled);
    }
}
