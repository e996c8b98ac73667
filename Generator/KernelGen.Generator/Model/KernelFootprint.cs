namespace KernelGen.Generator.Model;

/// <summary>The generator's view of <c>KernelGen.Kernels.KernelFootprint</c>: the constants of a variant's workspace formula.</summary>
/// <param name="TileRows">Query rows of a tile, the unit of work.</param>
/// <param name="TileKeys">Keys are rounded up to this many in the score workspace.</param>
/// <param name="BytesPerScore">Bytes of a score in the workspace; 0 for <c>streaming</c>.</param>
/// <param name="WorkerBytes">Private scratch of one worker (a CPU thread); 0 on a GPU.</param>
/// <param name="PartialBytesPerRow">Bytes of a row's partial result where a call has several chunks of keys; 0 for a variant that needs no room for them.</param>
/// <param name="TileRowBytes">Bytes of a row for each tile of keys in the score workspace, besides its scores.</param>
/// <param name="ChunkKeys">Keys of a chunk; 0 where <paramref name="PartialBytesPerRow"/> is.</param>
internal sealed record KernelFootprint(
    int TileRows, int TileKeys, int BytesPerScore, long WorkerBytes, int PartialBytesPerRow = 0, int TileRowBytes = 0, int ChunkKeys = 0);
