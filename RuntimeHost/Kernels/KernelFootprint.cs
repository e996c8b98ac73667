#if KERNELGEN_GENERATOR
namespace KernelGen.Generator.Model;
#else
namespace KernelGen.Kernels;
#endif

/// <summary>The exact workspace of a variant as a formula in the slice it works on. The generator emits one with every variant.</summary>
/// <remarks>
/// <code>
/// rows' = rows rounded up to TileRows,  keys' = keys rounded up to TileKeys
/// bytes = heads * rows' * (keys' * BytesPerScore + keys' / TileKeys * TileRowBytes)
///       + min(workers, heads * rows' / TileRows) * WorkerBytes          (ChunksWorkerBytes where keys > ChunkKeys and there are such)
///       + heads * rows' * splits * PartialBytesPerRow                                        (only where keys > ChunkKeys)
/// with ChunksApart splits is always the number of chunks, and min(workers, heads * rows' / TileRows * chunks) workers have scratch
/// </code>
/// </remarks>
/// <param name="TileRows">Query rows of a tile: the unit of work, and what slices are balanced to.</param>
/// <param name="TileKeys">Keys are rounded up to this many in the score workspace.</param>
/// <param name="BytesPerScore">Bytes of a score, or of the probability that it becomes, in the workspace: 4 or 2 for <c>materialized</c>, 0
/// for <c>streaming</c>.</param>
/// <param name="WorkerBytes">Private scratch of one worker (a CPU thread); 0 on a GPU, where that is shared memory.</param>
/// <param name="PartialBytesPerRow">
/// Bytes of a row's partial result where a call has more than one chunk of keys: the fp32 output row, the greatest score and the sum. 0 for
/// a variant that needs no room for them, or has it in the scratch of its workers.
/// </param>
/// <param name="TileRowBytes">Bytes of a row for each tile of keys in the score workspace, besides its scores: what they are relative
/// to.</param>
/// <param name="ChunkKeys">
/// Keys of a chunk, the most that are added up in one chain: where a call has more of them, a row's chunks are folded in the order of the
/// keys. 0 for a variant that does not fold.
/// </param>
/// <param name="ChunksWorkerBytes"><paramref name="WorkerBytes"/> where a call has more than one chunk; 0 where it is the same.</param>
/// <param name="ChunksApart">
/// A CPU kernel for few queries: it takes the rows that share a key/value head, a chunk of its keys at a time, so that workers share rows.
/// </param>
#if KERNELGEN_GENERATOR
internal
#else
public
#endif
readonly record struct KernelFootprint(
    int TileRows, int TileKeys, int BytesPerScore, long WorkerBytes, int PartialBytesPerRow = 0, int TileRowBytes = 0, int ChunkKeys = 0,
    long ChunksWorkerBytes = 0, bool ChunksApart = false)
{
    /// <summary>Private scratch of a worker.</summary>
    /// <param name="keys">Keys of the call.</param>
    public long ScratchBytes(int keys) => ChunksWorkerBytes > 0 && KeyChunks(keys) > 1 ? ChunksWorkerBytes : WorkerBytes;

    /// <summary>Tiles of a slice.</summary>
    /// <param name="heads">Heads of the slice.</param>
    /// <param name="rows">Query rows of the slice.</param>
    public long Tiles(int heads, int rows) => heads * (((long)rows + TileRows - 1) / TileRows);

    /// <summary>Workers that have scratch: no more than the device offers, and than can work at the same time.</summary>
    /// <param name="heads">Heads of the slice.</param>
    /// <param name="rows">Query rows of the slice.</param>
    /// <param name="keys">Keys of the slice.</param>
    /// <param name="workers">Workers that the device offers.</param>
    internal long Scratches(int heads, int rows, int keys, int workers) => Math.Min(workers, Tiles(heads, rows) * ScratchesPerTile(keys));

    /// <summary>Workers that can share a tile.</summary>
    /// <param name="keys">Keys of the slice.</param>
    internal int ScratchesPerTile(int keys) => ChunksApart ? KeyChunks(keys) : 1;

    /// <summary>Bytes of the scores of a slice.</summary>
    /// <param name="heads">Heads of the slice.</param>
    /// <param name="rows">Query rows of the slice.</param>
    /// <param name="keys">Keys of the slice.</param>
    public long ScoreBytes(int heads, int rows, int keys) => Tiles(heads, rows) * ScoreBytesPerTile(keys);

    /// <summary>Bytes of the scores of one tile.</summary>
    /// <param name="keys">Keys of the slice.</param>
    public long ScoreBytesPerTile(int keys) =>
        ((long)keys + TileKeys - 1) / TileKeys * TileRows * (((long)TileKeys * BytesPerScore) + TileRowBytes);

    /// <summary>Chunks of keys whose results are folded; 1 for a variant that does not fold them.</summary>
    /// <param name="keys">Keys of the call.</param>
    public int KeyChunks(int keys) => ChunkKeys == 0 || keys <= ChunkKeys ? 1 : (int)(((long)keys + ChunkKeys - 1) / ChunkKeys);

    /// <summary>Bytes of the partial results of one tile; 0 where there is one chunk.</summary>
    /// <param name="keys">Keys of the slice.</param>
    /// <param name="keySplits">As many as <see cref="KeyChunks"/> where blocks share rows, a chunk each; else 1.</param>
    public long PartialBytesPerTile(int keys, int keySplits) =>
        KeyChunks(keys) == 1 ? 0 : (long)TileRows * Math.Max(keySplits, ScratchesPerTile(keys)) * PartialBytesPerRow;

    /// <summary>Bytes of one tile that a slice takes for each of its tiles: scores and partial results.</summary>
    /// <param name="keys">Keys of the slice.</param>
    /// <param name="keySplits">As many as <see cref="KeyChunks"/> where blocks share rows, a chunk each; else 1.</param>
    public long BytesPerTile(int keys, int keySplits) => ScoreBytesPerTile(keys) + PartialBytesPerTile(keys, keySplits);

    /// <summary>Bytes of the whole workspace of a slice.</summary>
    /// <param name="heads">Heads of the slice.</param>
    /// <param name="rows">Query rows of the slice.</param>
    /// <param name="keys">Keys of the slice.</param>
    /// <param name="workers">Workers that the device offers.</param>
    /// <param name="keySplits">As many as <see cref="KeyChunks"/> where blocks share rows, a chunk each; else 1.</param>
    public long Bytes(int heads, int rows, int keys, int workers, int keySplits = 1) =>
        (Tiles(heads, rows) * BytesPerTile(keys, keySplits)) + (Scratches(heads, rows, keys, workers) * ScratchBytes(keys));
}
