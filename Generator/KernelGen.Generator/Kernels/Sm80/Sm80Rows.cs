namespace KernelGen.Generator.Kernels.Sm80;

/// <summary>The layout of 16-bit rows in shared memory in which the eight rows of an <c>ldmatrix</c> meet no bank conflict.</summary>
/// <param name="Swizzled">
/// The 16-byte chunks of neighbouring rows are exchanged among each other (chunk XOR row mod 8). Else a row is an odd number of chunks,
/// which needs no exchange.
/// </param>
internal readonly record struct Sm80Rows(int Bytes, bool Swizzled)
{
    /// <summary>Bytes of a chunk: what an asynchronous copy moves and a matrix load reads of a row.</summary>
    public const int ChunkBytes = 16;

    public const int ChunkElements = 8;

    /// <summary>The layout for a head dim: multiples of 128 bytes are swizzled, others padded to an odd number of chunks.</summary>
    public static Sm80Rows For(int headDim)
    {
        int chunks = headDim / ChunkElements;
        bool swizzled = chunks % 8 == 0;
        return new(ChunkBytes * (swizzled ? chunks : chunks | 1), swizzled);
    }
}
