using System.ComponentModel;
using System.Runtime.CompilerServices;
using KernelGen.Tensors;

namespace KernelGen.Cpu.Kernels;

/// <summary>Rows of tensors on their way into and out of fp32 scratch memory.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class LaneRows
{
    /// <summary>Dense fp32 rows: where they already are when that is what the tensor holds, else widened into scratch.</summary>
    /// <typeparam name="TElement">The tensor's element type.</typeparam>
    /// <typeparam name="TVector">The vector.</typeparam>
    /// <param name="source">The first row.</param>
    /// <param name="stride">From a row to the next, in elements.</param>
    /// <param name="rows">Rows to have.</param>
    /// <param name="atLeast">Scratch is filled up to this many rows by repeating the last one, for a micro-kernel that needs more than
    /// there are.</param>
    /// <param name="headDim">Elements of a row.</param>
    /// <param name="scratch">Room for <c>max(rows, atLeast) * headDim</c> numbers.</param>
    /// <returns>The first dense row.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float* Dense<TElement, TVector>(TElement* source, long stride, int rows, int atLeast, int headDim, float* scratch)
        where TElement : unmanaged
        where TVector : unmanaged, ILaneVector<TVector>
    {
        if (typeof(TElement) == typeof(float) && stride == headDim && rows >= atLeast)
        {
            return (float*)source;
        }

        if (stride == headDim)
        {
            Widen<TElement, TVector>(source, rows * headDim, scratch);
        }
        else
        {
            for (int row = 0; row < rows; row++)
            {
                Widen<TElement, TVector>(source + (row * stride), headDim, scratch + ((long)row * headDim));
            }
        }

        float* last = scratch + ((long)(rows - 1) * headDim);
        for (int row = rows; row < atLeast; row++)
        {
            Buffer.MemoryCopy(last, scratch + ((long)row * headDim), headDim * sizeof(float), headDim * sizeof(float));
        }

        return scratch;
    }

    /// <summary>
    /// Packs query rows for a tile: lane group after lane group, each <c>[headDim][lane]</c>, times a factor. Lanes without a row are zero.
    /// </summary>
    /// <typeparam name="TElement">The tensor's element type.</typeparam>
    /// <typeparam name="TVector">The vector.</typeparam>
    /// <param name="source">The first row.</param>
    /// <param name="stride">From a row to the next, in elements.</param>
    /// <param name="rows">Rows of the tile.</param>
    /// <param name="headDim">Elements of a row.</param>
    /// <param name="factor">The scale of the scores in units of log2.</param>
    /// <param name="scratch">Room for a lane group of rows.</param>
    /// <param name="packed">Receives the packed rows.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void PackQueries<TElement, TVector>(
        TElement* source, long stride, int rows, int headDim, float factor, float* scratch, float* packed)
        where TElement : unmanaged
        where TVector : unmanaged, ILaneVector<TVector>
    {
        int lanes = 2 * TVector.Count;
        for (int first = 0; first < rows; first += lanes, packed += lanes * headDim)
        {
            int present = Math.Min(lanes, rows - first);
            Prefetch.Rows(source + ((first + lanes) * stride), stride, Math.Min(lanes, rows - first - lanes), headDim);
            if (stride == headDim)
            {
                Widen<TElement, TVector>(source + (first * stride), present * headDim, factor, scratch);
            }
            else
            {
                for (int row = 0; row < present; row++)
                {
                    Widen<TElement, TVector>(source + ((first + row) * stride), headDim, factor, scratch + (row * headDim));
                }
            }

            new Span<float>(scratch + (present * headDim), (lanes - present) * headDim).Clear();
            LaneTranspose.Transpose(scratch, headDim, lanes, headDim, packed, lanes);
        }
    }

    /// <summary>Writes the rows of a lane group of the output, rounded to nearest even.</summary>
    /// <typeparam name="TElement">The tensor's element type.</typeparam>
    /// <typeparam name="TVector">The vector.</typeparam>
    /// <param name="output">The group's output, <c>[headDim][lane]</c>.</param>
    /// <param name="rows">Rows of the group.</param>
    /// <param name="headDim">Elements of a row.</param>
    /// <param name="scratch">Room for a lane group of rows.</param>
    /// <param name="destination">The first row.</param>
    /// <param name="stride">From a row to the next, in elements.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void UnpackOutput<TElement, TVector>(
        float* output, int rows, int headDim, float* scratch, TElement* destination, long stride)
        where TElement : unmanaged
        where TVector : unmanaged, ILaneVector<TVector>
    {
        int lanes = 2 * TVector.Count;
        if (typeof(TElement) == typeof(float))
        {
            LaneTranspose.Transpose(output, lanes, headDim, rows, (float*)destination, stride);
            return;
        }

        LaneTranspose.Transpose(output, lanes, headDim, rows, scratch, headDim);
        if (stride == headDim)
        {
            Narrow<TElement, TVector>(scratch, rows * headDim, destination);
            return;
        }

        for (int row = 0; row < rows; row++)
        {
            Narrow<TElement, TVector>(scratch + (row * headDim), headDim, destination + (row * stride));
        }
    }

    // Counts are multiples of 8, which only a vector of 16 may leave a rest of: one of 8.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Widen<TElement, TVector>(TElement* source, int count, float* destination)
        where TElement : unmanaged
        where TVector : unmanaged, ILaneVector<TVector>
    {
        int i = 0;
        for (; i <= count - TVector.Count; i += TVector.Count)
        {
            TVector.Store(Load<TElement, TVector>(source + i), destination + i);
        }

        if (i < count)
        {
            LaneVector256.Store(Load<TElement, LaneVector256>(source + i), destination + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Widen<TElement, TVector>(TElement* source, int count, float factor, float* destination)
        where TElement : unmanaged
        where TVector : unmanaged, ILaneVector<TVector>
    {
        TVector factors = TVector.Create(factor);
        int i = 0;
        for (; i <= count - TVector.Count; i += TVector.Count)
        {
            TVector.Store(Load<TElement, TVector>(source + i) * factors, destination + i);
        }

        if (i < count)
        {
            LaneVector256.Store(Load<TElement, LaneVector256>(source + i) * LaneVector256.Create(factor), destination + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Narrow<TElement, TVector>(float* source, int count, TElement* destination)
        where TElement : unmanaged
        where TVector : unmanaged, ILaneVector<TVector>
    {
        int i = 0;
        for (; i <= count - TVector.Count; i += TVector.Count)
        {
            Store<TElement, TVector>(TVector.Load(source + i), destination + i);
        }

        if (i < count)
        {
            Store<TElement, LaneVector256>(LaneVector256.Load(source + i), destination + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Load<TElement, TVector>(TElement* source)
        where TElement : unmanaged
        where TVector : unmanaged, ILaneVector<TVector> =>
        typeof(TElement) == typeof(float) ? TVector.Load((float*)source)
        : typeof(TElement) == typeof(BFloat16) ? TVector.LoadBFloat16((ushort*)source)
        : TVector.LoadFloat16((ushort*)source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TElement, TVector>(TVector value, TElement* destination)
        where TElement : unmanaged
        where TVector : unmanaged, ILaneVector<TVector>
    {
        if (typeof(TElement) == typeof(float))
        {
            TVector.Store(value, (float*)destination);
        }
        else if (typeof(TElement) == typeof(BFloat16))
        {
            TVector.StoreBFloat16(value, (ushort*)destination);
        }
        else
        {
            TVector.StoreFloat16(value, (ushort*)destination);
        }
    }
}
