namespace KernelGen.Cuda.Compilation;

/// <summary>A compiled kernel, ready to be loaded by the driver.</summary>
/// <param name="Kind">Machine code or PTX.</param>
/// <param name="Bytes">The image; PTX ends with a zero byte.</param>
public sealed record KernelImage(KernelImageKind Kind, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>
    /// What the compiler said, although it made this; empty when it said nothing, and for an image that was compiled before.
    /// </summary>
    public string Log { get; init; } = "";
}
