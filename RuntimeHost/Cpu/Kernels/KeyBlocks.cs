using System.ComponentModel;

namespace KernelGen.Cpu.Kernels;

/// <summary>
/// How the keys of a head are cut into blocks of nearly the same length. It depends on the number of keys alone, never on the rows, so that
/// every row meets its keys in the same blocks however a plan slices.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct KeyBlocks
{
    private readonly int _keys;
    private readonly int _step;
    private readonly long _steps;

    /// <summary>Cuts keys into blocks.</summary>
    /// <param name="keys">Keys of a head.</param>
    /// <param name="longest">The longest block there is scratch for: a multiple of <paramref name="step"/>.</param>
    /// <param name="step">Every block begins at a multiple of it.</param>
    public KeyBlocks(int keys, int longest, int step)
    {
        _keys = keys;
        _step = step;
        _steps = ((long)keys + step - 1) / step;
        Count = (int)((_steps + (longest / step) - 1) / (longest / step));
    }

    /// <summary>Blocks; 0 without keys.</summary>
    public int Count { get; }

    /// <summary>The first key of a block.</summary>
    /// <param name="block">The block.</param>
    public int Begin(int block) => (int)Math.Min(block * _steps / Count * _step, _keys);

    /// <summary>Past the last key of a block.</summary>
    /// <param name="block">The block.</param>
    public int End(int block) => Begin(block + 1);
}
