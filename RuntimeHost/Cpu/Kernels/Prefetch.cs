using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace KernelGen.Cpu.Kernels;

/// <summary>
/// Software prefetch. A no-op on processors other than x86, for which .NET has no such instruction.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class Prefetch
{
    private const int CacheLine = 64;

    /// <summary>Prefetches the cache line of an address.</summary>
    /// <param name="address">The address. One that cannot be read does no harm.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Line(byte* address)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch1(address);
        }
    }

    /// <summary>Prefetches the cache line of an address that is needed next, into the first-level cache.</summary>
    /// <param name="address">The address. One that cannot be read does no harm.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Near(byte* address)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(address);
        }
    }

    /// <summary>Prefetches rows of a tensor, to be read or written.</summary>
    /// <typeparam name="TElement">The tensor's element type.</typeparam>
    /// <param name="rows">The first row.</param>
    /// <param name="stride">From a row to the next, in elements.</param>
    /// <param name="count">Rows; none where it is not positive.</param>
    /// <param name="headDim">Elements of a row.</param>
    public static void Rows<TElement>(TElement* rows, long stride, int count, int headDim)
        where TElement : unmanaged
    {
        // Contiguous rows (stride == headDim) form one run: prefetch every cache line once.
        (int runs, int elements) = stride == headDim ? (Math.Min(count, 1), count * headDim) : (count, headDim);
        for (int run = 0; run < runs; run++)
        {
            byte* begin = (byte*)(rows + (run * stride));
            for (int at = 0; at < elements * sizeof(TElement); at += CacheLine)
            {
                Line(begin + at);
            }
        }
    }
}
