using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace KernelGen.Cpu.Kernels;

/// <summary>
/// Asks for memory that will be needed soon, and waits for nothing. .NET can say that to x86 only; elsewhere nothing happens.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class Prefetch
{
    private const int CacheLine = 64;

    /// <summary>Asks for the cache line of an address.</summary>
    /// <param name="address">The address. One that cannot be read does no harm.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Line(byte* address)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch1(address);
        }
    }

    /// <summary>Asks for the cache line of an address that is needed at once after what is being worked on: in the first-level
    /// cache.</summary>
    /// <param name="address">The address. One that cannot be read does no harm.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Near(byte* address)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(address);
        }
    }

    /// <summary>Asks for rows of a tensor, to be read or written.</summary>
    /// <typeparam name="TElement">The tensor's element type.</typeparam>
    /// <param name="rows">The first row.</param>
    /// <param name="stride">From a row to the next, in elements.</param>
    /// <param name="count">Rows; none where it is not positive.</param>
    /// <param name="headDim">Elements of a row.</param>
    public static void Rows<TElement>(TElement* rows, long stride, int count, int headDim)
        where TElement : unmanaged
    {
        // Rows without gaps share cache lines.
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
