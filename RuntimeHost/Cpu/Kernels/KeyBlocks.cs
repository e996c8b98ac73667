using System.ComponentModel;

namespace KernelGen.Cpu.Kernels;

/// <summary>
/// How the keys of a head are cut: into chunks of a fixed length, of which only the last may be up to half longer or shorter, and each
/// chunk into blocks of nearly the same length. It depends on the number of keys alone, never on the rows, so that every row meets its keys
/// in the same blocks however a plan slices.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct KeyBlocks
{
    private readonly int _keys;
    private readonly int _chunk;
    private readonly int _chunks;
    private readonly int _longest;
    private readonly int _step;
    private readonly int _blocksOfChunk;

    /// <summary>Cuts keys into blocks.</summary>
    /// <param name="keys">Keys of a head.</param>
    /// <param name="chunk">Keys of a chunk: a multiple of twice <paramref name="step"/>.</param>
    /// <param name="longest">The longest block there is scratch for: a multiple of <paramref name="step"/>.</param>
    /// <param name="step">Every block begins at a multiple of it.</param>
    public KeyBlocks(int keys, int chunk, int longest, int step)
    {
        _keys = keys;
        _chunk = chunk;
        _longest = longest;
        _step = step;
        _chunks = ChunksOf(keys, chunk);
        _blocksOfChunk = BlocksOf(chunk);
        Count = ((_chunks - 1) * _blocksOfChunk) + BlocksOf(keys - ((_chunks - 1) * chunk));
    }

    /// <summary>Blocks; 0 without keys.</summary>
    public int Count { get; }

    /// <summary>There is more than one chunk: what they give is folded.</summary>
    public bool HasChunks => _chunks > 1;

    /// <summary>Chunks, at least 1.</summary>
    /// <param name="keys">Keys of a head.</param>
    /// <param name="chunk">Keys of a chunk.</param>
    public static int ChunksOf(int keys, int chunk) => Math.Max((int)((keys + (chunk / 2L)) / chunk), 1);

    /// <summary>The first block of a chunk; that of the one after the last is <see cref="Count"/>.</summary>
    /// <param name="chunk">The chunk.</param>
    public int FirstOf(int chunk) => chunk < _chunks ? chunk * _blocksOfChunk : Count;

    /// <summary>The first key of a block.</summary>
    /// <param name="block">The block.</param>
    public int Begin(int block)
    {
        int chunk = Math.Min(block / _blocksOfChunk, _chunks - 1), begin = chunk * _chunk;
        int keys = chunk == _chunks - 1 ? _keys - begin : _chunk;
        return keys == 0 ? begin : begin + Math.Min((block - (chunk * _blocksOfChunk)) * Steps(keys) / BlocksOf(keys) * _step, keys);
    }

    /// <summary>Past the last key of a block.</summary>
    /// <param name="block">The block.</param>
    public int End(int block) => Begin(block + 1);

    /// <summary>True when a block is the last of its chunk and another chunk follows.</summary>
    /// <param name="block">The block.</param>
    public bool EndsChunkButTheLast(int block) => (block + 1) % _blocksOfChunk == 0 && block / _blocksOfChunk < _chunks - 1;

    /// <summary>
    /// Keys of a block that rows with a causal mask have to do with, in whole steps where the block has them. What lies behind is hidden
    /// from all of the rows.
    /// </summary>
    /// <param name="begin">The block's first key.</param>
    /// <param name="keys">Keys of the block.</param>
    /// <param name="rowEnd">Past the last row.</param>
    /// <returns>0 when the rows see no key of the block.</returns>
    public int VisibleKeys(int begin, int keys, int rowEnd) => Math.Min(Steps(Math.Clamp(rowEnd - begin, 0, keys)) * _step, keys);

    private int Steps(int keys) => (keys + _step - 1) / _step;

    private int BlocksOf(int keys) => (Steps(keys) + (_longest / _step) - 1) / (_longest / _step);
}
