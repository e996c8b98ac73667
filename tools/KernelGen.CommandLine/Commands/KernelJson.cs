namespace KernelGen.CommandLine.Commands;

/// <summary>A variant as <c>kernels --json</c> writes it.</summary>
internal sealed record KernelJson(
    string Id, string Model, string Family, string Target, string Dtype, int HeadDim, int SliceRows,
    int TileRows, int TileKeys, int BytesPerScore, long WorkerBytes, int PartialBytesPerRow, int ChunkKeys, int TileRowBytes,
    int? SourceBytes);
