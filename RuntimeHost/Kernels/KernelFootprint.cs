namespace KernelGen.Kernels;

/// <summary>The exact workspace of a variant as a formula in the slice it works on. The generator emits one with every variant.</summary>
/// <remarks>
/// <code>
/// rows' = rows rounded up to TileRows,  keys' = keys rounded up to TileKeys
/// bytes = heads * rows' * (keys' * BytesPerScore + keys' / TileKeys * TileRowBytes)  +  min(workers, heads * rows' / TileRows) * WorkerBytes
///       + heads * rows' * splits * PartialBytesPerRow                                        (only where splits > 1)
/// </code>
/// </remarks>
/// <param name="TileRows">Query rows of a tile: the unit of work, and what slices are balanced to.</param>
/// <param name="TileKeys">Keys are rounded up to this many in the score workspace.</param>
/// <param name="BytesPerScore">Bytes of a score, or of the probability that it becomes, in the workspace: 4 or 2 for <c>materialized</c>, 0 for <c>streaming</c>.</param>
/// <param name="WorkerBytes">Private scratch of one worker (a CPU thread); 0 on a GPU, where that is shared memory.</param>
/// <param name="PartialBytesPerRow">
/// Bytes of a row's partial result where keys are split: the fp32 output row, the greatest score and the sum. 0 for a variant that cannot split them.
/// </param>
/// <param name="TileRowBytes">Bytes of a row for each tile of keys in the score workspace, besides its scores: what they are relative to.</param>
public readonly record struct KernelFootprint(
    int TileRows, int TileKeys, int BytesPerScore, long WorkerBytes, int PartialBytesPerRow = 0, int TileRowBytes = 0)
{
    /// <summary>Tiles of a slice.</summary>
    /// <param name="heads">Heads of the slice.</param>
    /// <param name="rows">Query rows of the slice.</param>
    public long Tiles(int heads, int rows) => heads * (((long)rows + TileRows - 1) / TileRows);

    /// <summary>Bytes of the scores of a slice.</summary>
    /// <param name="heads">Heads of the slice.</param>
    /// <param name="rows">Query rows of the slice.</param>
    /// <param name="keys">Keys of the slice.</param>
    public long ScoreBytes(int heads, int rows, int keys) => Tiles(heads, rows) * ScoreBytesPerTile(keys);

    /// <summary>Bytes of the scores of one tile.</summary>
    /// <param name="keys">Keys of the slice.</param>
    public long ScoreBytesPerTile(int keys) => ((long)keys + TileKeys - 1) / TileKeys * TileRows * (((long)TileKeys * BytesPerScore) + TileRowBytes);

    /// <summary>Bytes of the partial results of one tile; 0 where keys are not split.</summary>
    /// <param name="keySplits">Splits of the keys.</param>
    public long PartialBytesPerTile(int keySplits) => keySplits <= 1 ? 0 : (long)TileRows * keySplits * PartialBytesPerRow;

    /// <summary>Bytes of one tile that a slice takes for each of its tiles: scores and partial results.</summary>
    /// <param name="keys">Keys of the slice.</param>
    /// <param name="keySplits">Splits of the keys.</param>
    public long BytesPerTile(int keys, int keySplits) => ScoreBytesPerTile(keys) + PartialBytesPerTile(keySplits);

    /// <summary>Bytes of the whole workspace of a slice.</summary>
    /// <param name="heads">Heads of the slice.</param>
    /// <param name="rows">Query rows of the slice.</param>
    /// <param name="keys">Keys of the slice.</param>
    /// <param name="workers">Workers that the device offers.</param>
    /// <param name="keySplits">Splits of the keys; 1 for none.</param>
    public long Bytes(int heads, int rows, int keys, int workers, int keySplits = 1)
    {
        long tiles = Tiles(heads, rows);
        return (tiles * BytesPerTile(keys, keySplits)) + (Math.Min(workers, tiles) * WorkerBytes);
    }
}
