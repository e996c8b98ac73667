namespace KernelGen.Generator.Kernels.Sm90a;

/// <summary>The limits of compute capability 9.0; the tiles are chosen to stay within it.</summary>
internal static class Sm90aLimits
{
    public const int SharedBytes = 227 * 1024;

    /// <summary>Shared memory of a multiprocessor, in bytes, of which every block takes 1 KiB for itself.</summary>
    public const int ProcessorSharedBytes = 228 * 1024;

    public const int ProcessorRegisters = 65536;

    /// <summary>The alignment of a tile in shared memory, in bytes: the size of the largest swizzle pattern.</summary>
    public const int TileAlignment = 1024;

    public const int MbarrierBytes = 8;

    /// <summary>Threads of a warpgroup: four warps that multiply matrices together.</summary>
    public const int WarpgroupThreads = 128;

    /// <summary>Query rows of a warpgroup: the rows of one product.</summary>
    public const int WarpgroupRows = 64;

    /// <summary>Dims or keys of one product (k, of 16-bit elements).</summary>
    public const int ProductDepth = 16;

    /// <summary>The largest head dim whose output one warpgroup can hold; above it two divide the columns of their rows.</summary>
    public const int LargestUndividedHeadDim = 256;

    /// <summary>The bytes of a tile, up to where the next one may begin.</summary>
    public static int AlignTile(int bytes) => (bytes + TileAlignment - 1) / TileAlignment * TileAlignment;
}
