namespace KernelGen.Generator.Kernels.Sm80;

/// <summary>Tiles of an <c>sm80</c> streaming kernel for few keys: one tile of K and V, and a row's scores in registers.</summary>
internal sealed record Sm80ShortKeysTiling(int HeadDim, int MaximumKeys)
{
    // 77 tokens of a prompt, and two prompts of 77, rounded up to what the products take at a time.
    private static readonly int[] _sizes = [80, 160];

    /// <summary>Query rows of a block: two passes over the one tile of K and V.</summary>
    public const int TileRows = 128;

    /// <summary>Query rows of a pass: 16 for each warp.</summary>
    public const int PassRows = 16 * Sm80Limits.Warps;

    public Sm80Rows Rows => Sm80Rows.For(HeadDim);
    public int SharedBytes => 2 * MaximumKeys * Rows.Bytes;
    public int ExpectedRegisters => Sm80Limits.BaseRegisters + (MaximumKeys / 2) + (HeadDim / 2) + (4 * ((HeadDim + 15) / 16)) + 4;

    /// <summary>The tiles that there are variants for, by ascending keys; none where registers or shared memory do not hold them.</summary>
    public static IReadOnlyList<Sm80ShortKeysTiling> Choices(int headDim) =>
    [
        .. _sizes.Select(size => new Sm80ShortKeysTiling(headDim, size)).Where(static tiling =>
            tiling is { SharedBytes: <= Sm80Limits.SharedBytes, ExpectedRegisters: <= Sm80Limits.ComfortableRegisters }),
    ];
}
