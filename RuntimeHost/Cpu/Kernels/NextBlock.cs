using System.ComponentModel;
using KernelGen.Kernels;

namespace KernelGen.Cpu.Kernels;

/// <summary>
/// The block of keys and values that comes after the one at hand. While the scores of a lane group are computed, a share of it is asked for
/// a little at a time, so that all of it lies in the second-level cache when its turn comes, and products never wait for memory.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly unsafe struct NextBlock
{
    private readonly long _share;

    private NextBlock(byte* keys, byte* values, long share, long step)
    {
        Keys = keys;
        Values = values;
        _share = share;
        Step = (nint)step;
    }

    /// <summary>The first key of the share.</summary>
    public byte* Keys { get; }

    /// <summary>The first value of the share.</summary>
    public byte* Values { get; }

    /// <summary>Bytes to go on after each two elements of a tile of keys, so that the share ends with the lane group.</summary>
    public nint Step { get; }

    /// <summary>
    /// The block after one at hand; after the last the first, with which the head's next rows begin. Only dense rows are asked for.
    /// </summary>
    /// <typeparam name="TElement">The element type.</typeparam>
    /// <param name="tensors">The head's tensors.</param>
    /// <param name="call">The call.</param>
    /// <param name="blocks">The blocks of keys.</param>
    /// <param name="block">The block at hand.</param>
    /// <param name="headDim">Elements of a row.</param>
    /// <param name="groups">Lane groups that share it.</param>
    /// <param name="scoreKeys">Keys of a tile of scores.</param>
    public static NextBlock After<TElement>(
        in TileTensors<TElement> tensors, in KernelArguments call, in KeyBlocks blocks, int block, int headDim, int groups, int scoreKeys)
        where TElement : unmanaged
    {
        int next = (block + 1) % blocks.Count, begin = blocks.Begin(next);
        byte* keys = (byte*)(tensors.Key + (begin * call.KeyStrides.Row));
        if (call.KeyStrides.Row != headDim || call.ValueStrides.Row != headDim)
        {
            return None(keys);
        }

        long bytes = (long)(blocks.End(next) - begin) * headDim * sizeof(TElement);
        long step = ((2L * scoreKeys * sizeof(TElement)) + groups - 1) / groups;
        return new(keys, (byte*)(tensors.Value + (begin * call.ValueStrides.Row)), bytes / groups, step);
    }

    /// <summary>Nothing to ask for.</summary>
    /// <param name="address">Any address that can be read: it is asked for instead.</param>
    public static NextBlock None(void* address) => new((byte*)address, (byte*)address, 0, 0);

    /// <summary>The share of a lane group.</summary>
    /// <param name="group">The group.</param>
    public NextBlock Share(int group) => new(Keys + (group * _share), Values + (group * _share), _share, Step);
}
