namespace KernelGen.Cuda.Compilation;

/// <summary>A compiled kernel, ready to be loaded by the driver.</summary>
/// <param name="Kind">Machine code or PTX.</param>
/// <param name="Bytes">The image; PTX ends with a zero byte.</param>
public sealed record KernelImage(KernelImageKind Kind, ReadOnlyMemory<byte> Bytes);
