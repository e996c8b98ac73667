namespace KernelGen.Generator.Kernels.Sm90a;

/// <summary>
/// How rows of 16-bit elements lie in shared memory for tensor copies and products: side by side in panels of 16, 32 or 64 elements,
/// swizzled over 32, 64 or 128 bytes. What a panel has beyond the head dim is zero: the tensor copy fills it.
/// </summary>
internal readonly record struct Sm90aPanels(int PanelDims, int Count)
{
    private const int ElementBytes = 2;

    /// <summary>Elements of a row over all panels.</summary>
    public int Dims => PanelDims * Count;

    /// <summary>Bytes of a row of a panel: 32, 64 or 128, which is also the swizzle.</summary>
    public int RowBytes => PanelDims * ElementBytes;

    /// <summary>Bytes of a panel of so many rows.</summary>
    public int PanelBytes(int rows) => rows * RowBytes;

    /// <summary>Bytes of a tile of so many rows, up to where the next may begin.</summary>
    public int TileBytes(int rows) => Sm90aLimits.AlignTile(Count * PanelBytes(rows));

    /// <summary>
    /// Panels for Q and K, whose rows run along the head dim: wide ones, which take few copies, as long as a row is at most 15 %
    /// longer than the head dim; up to 64 one panel of 64.
    /// Products go over the head dim rounded up to 16 and never reach what is unused.
    /// </summary>
    public static Sm90aPanels AlongRows(int headDim)
    {
        if (headDim <= 64)
            return new(64, 1);

        foreach (int dims in (int[])[64, 32])
        {
            int count = (headDim + dims - 1) / dims;
            if (count * dims * 100 <= headDim * 115)
                return new(dims, count);
        }

        return new(16, (headDim + 15) / 16);
    }

    /// <summary>
    /// Panels for V, whose head dim runs across the product: the widest that divide the head dim rounded up to 16, since the documentation
    /// defines a matrix only by whole panels.
    /// </summary>
    public static Sm90aPanels AcrossRows(int headDim, int groups = 1)
    {
        int dims = (headDim + (16 * groups) - 1) / (16 * groups) * 16;
        int panel = dims % 64 == 0 ? 64 : dims % 32 == 0 ? 32 : 16;
        return new(panel, groups * dims / panel);
    }
}
