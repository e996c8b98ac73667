using System.Runtime.CompilerServices;
using KernelGen.Tensors;

namespace KernelGen.Cpu.Kernels;

/// <summary>
/// The inner loops for few query rows: a key in each lane for the scores, a head dim in each lane for the weighted values. Every number
/// is made by the operations of the kernels that have a row in each lane, in their order, and has the same bits.
/// </summary>
/// <remarks>
/// Four rows at a time share what is loaded; what is left goes one by one. Products that are added to the same number wait for each other,
/// so that there are four of them under way at least, which is fast enough for memory.
/// </remarks>
internal static unsafe class KeyLanes
{
    /// <summary>Keys of a tile: whole vectors at every width.</summary>
    public const int TileKeys = 32;

    /// <summary>Rows that go together.</summary>
    public const int RowGroup = 4;

    /// <summary>Makes a tile of keys of elements of 16 bits, of which two have been turned together.</summary>
    /// <typeparam name="TElement">The element type.</typeparam>
    /// <typeparam name="TVector">The vector.</typeparam>
    /// <param name="pairs">The elements, <c>[headDim / 2][TileKeys][2]</c>.</param>
    /// <param name="headDim">Elements of a row.</param>
    /// <param name="keys">Receives the tile, <c>[headDim][TileKeys]</c>.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void WidenPairs<TElement, TVector>(float* pairs, int headDim, float* keys)
        where TElement : unmanaged
        where TVector : unmanaged, ILaneVector<TVector>
    {
        for (float* end = pairs + (headDim / 2 * TileKeys); pairs < end; keys += TileKeys)
        {
            for (float* row = pairs + TileKeys; pairs < row; pairs += TVector.Count, keys += TVector.Count)
            {
                TVector pair = TVector.Load(pairs);
                TVector.Store(typeof(TElement) == typeof(BFloat16) ? TVector.LowerBFloat16(pair) : TVector.LowerFloat16(pair), keys);
                TVector.Store(
                    typeof(TElement) == typeof(BFloat16) ? TVector.UpperBFloat16(pair) : TVector.UpperFloat16(pair), keys + TileKeys);
            }
        }
    }

    /// <summary>Scores of four rows against a tile of keys.</summary>
    /// <typeparam name="TVector">The vector.</typeparam>
    /// <param name="queries">The rows, one after the other, times the scale.</param>
    /// <param name="keys">The tile, <c>[headDim][TileKeys]</c>.</param>
    /// <param name="headDim">Elements of a row.</param>
    /// <param name="scores">Receives the scores of the first row.</param>
    /// <param name="pitch">From the scores of a row to those of the next.</param>
    /// <param name="ahead">Memory that will be wanted soon.</param>
    /// <param name="step">Bytes of it for each half of a head dim.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ScoresOfFour<TVector>(
        float* queries, float* keys, int headDim, float* scores, long pitch, byte* ahead, nint step)
        where TVector : unmanaged, ILaneVector<TVector>
    {
        for (int lane = 0; lane < TileKeys; lane += 2 * TVector.Count)
        {
            TVector s0A = TVector.Create(0f), s0B = s0A, s1A = s0A, s1B = s0A, s2A = s0A, s2B = s0A, s3A = s0A, s3B = s0A;
            float* key = keys + lane, q0 = queries, q1 = q0 + headDim, q2 = q1 + headDim, q3 = q2 + headDim;
            for (float* end = q1; q0 < end; q0++, q1++, q2++, q3++)
            {
                TVector kA = TVector.Load(key), kB = TVector.Load(key + TVector.Count);
                TVector q = TVector.Create(*q0);
                s0A = TVector.MultiplyAdd(kA, q, s0A);
                s0B = TVector.MultiplyAdd(kB, q, s0B);
                q = TVector.Create(*q1);
                s1A = TVector.MultiplyAdd(kA, q, s1A);
                s1B = TVector.MultiplyAdd(kB, q, s1B);
                q = TVector.Create(*q2);
                s2A = TVector.MultiplyAdd(kA, q, s2A);
                s2B = TVector.MultiplyAdd(kB, q, s2B);
                q = TVector.Create(*q3);
                s3A = TVector.MultiplyAdd(kA, q, s3A);
                s3B = TVector.MultiplyAdd(kB, q, s3B);
                key += TileKeys;
                Prefetch.Near(ahead);
                Prefetch.Near(ahead + step);
                ahead += 2 * step;
            }

            step = 0;
            float* score = scores + lane;
            TVector.Store(s0A, score);
            TVector.Store(s0B, score + TVector.Count);
            TVector.Store(s1A, score + pitch);
            TVector.Store(s1B, score + pitch + TVector.Count);
            TVector.Store(s2A, score + (2 * pitch));
            TVector.Store(s2B, score + (2 * pitch) + TVector.Count);
            TVector.Store(s3A, score + (3 * pitch));
            TVector.Store(s3B, score + (3 * pitch) + TVector.Count);
        }
    }

    /// <summary>Scores of one row against a tile of keys.</summary>
    /// <typeparam name="TVector">The vector.</typeparam>
    /// <param name="query">The row, times the scale.</param>
    /// <param name="keys">The tile, <c>[headDim][TileKeys]</c>.</param>
    /// <param name="headDim">Elements of a row.</param>
    /// <param name="scores">Receives the scores.</param>
    /// <param name="ahead">Memory that will be wanted soon.</param>
    /// <param name="step">Bytes of it for each half of a head dim.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ScoresOfOne<TVector>(float* query, float* keys, int headDim, float* scores, byte* ahead, nint step)
        where TVector : unmanaged, ILaneVector<TVector>
    {
        // The widest vectors hold the tile in two.
        int second = TVector.Count, third = TVector.Count < 16 ? 2 * TVector.Count : 0, fourth = TVector.Count < 16 ? 3 * TVector.Count : 0;
        for (int lane = 0; lane < TileKeys; lane += 4 * TVector.Count)
        {
            TVector sA = TVector.Create(0f), sB = sA, sC = sA, sD = sA;
            float* key = keys + lane;
            for (float* q = query, end = query + headDim; q < end; q++)
            {
                TVector factor = TVector.Create(*q);
                sA = TVector.MultiplyAdd(TVector.Load(key), factor, sA);
                sB = TVector.MultiplyAdd(TVector.Load(key + second), factor, sB);
                if (TVector.Count < 16)
                {
                    sC = TVector.MultiplyAdd(TVector.Load(key + third), factor, sC);
                    sD = TVector.MultiplyAdd(TVector.Load(key + fourth), factor, sD);
                }

                key += TileKeys;
                Prefetch.Near(ahead);
                Prefetch.Near(ahead + step);
                ahead += 2 * step;
            }

            step = 0;
            TVector.Store(sA, scores + lane);
            TVector.Store(sB, scores + lane + second);
            if (TVector.Count < 16)
            {
                TVector.Store(sC, scores + lane + third);
                TVector.Store(sD, scores + lane + fourth);
            }
        }
    }

    /// <summary>Adds the weighted values of some keys, added up from zero, to the output of four rows.</summary>
    /// <remarks>A vector that would pass the end of a row starts earlier instead: some numbers come out twice, to the same bits.</remarks>
    /// <typeparam name="TVector">The vector.</typeparam>
    /// <param name="weights">The weights of the first row.</param>
    /// <param name="pitch">From the weights of a row to those of the next.</param>
    /// <param name="values">The values, one after the other.</param>
    /// <param name="keys">How many.</param>
    /// <param name="headDim">Elements of a row: at least a vector.</param>
    /// <param name="before">The output so far, row after row.</param>
    /// <param name="rescale">A factor for each row of it.</param>
    /// <param name="output">Receives the output; elsewhere.</param>
    /// <param name="ahead">Values that will be wanted soon, in the tensor.</param>
    /// <param name="step">Bytes from a row of them to the next.</param>
    /// <param name="vector">Bytes of as many of them as a vector holds.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ValuesOfFour<TVector>(
        float* weights, long pitch, float* values, int keys, int headDim, float* before, float* rescale, float* output,
        byte* ahead, nint step, nint vector)
        where TVector : unmanaged, ILaneVector<TVector>
    {
        int last = headDim - TVector.Count;
        for (int d = 0; d < headDim; d += 2 * TVector.Count)
        {
            int a = Math.Min(d, last), b = Math.Min(d + TVector.Count, last);
            TVector o0A = TVector.Create(0f), o0B = o0A, o1A = o0A, o1B = o0A, o2A = o0A, o2B = o0A, o3A = o0A, o3B = o0A;
            byte* next = ahead + (d / TVector.Count * vector);
            float* value = values, w0 = weights, w1 = w0 + pitch, w2 = w1 + pitch, w3 = w2 + pitch;
            for (float* end = w0 + keys; w0 < end; w0++, w1++, w2++, w3++)
            {
                TVector vA = TVector.Load(value + a), vB = TVector.Load(value + b);
                TVector w = TVector.Create(*w0);
                o0A = TVector.MultiplyAdd(vA, w, o0A);
                o0B = TVector.MultiplyAdd(vB, w, o0B);
                w = TVector.Create(*w1);
                o1A = TVector.MultiplyAdd(vA, w, o1A);
                o1B = TVector.MultiplyAdd(vB, w, o1B);
                w = TVector.Create(*w2);
                o2A = TVector.MultiplyAdd(vA, w, o2A);
                o2B = TVector.MultiplyAdd(vB, w, o2B);
                w = TVector.Create(*w3);
                o3A = TVector.MultiplyAdd(vA, w, o3A);
                o3B = TVector.MultiplyAdd(vB, w, o3B);
                value += headDim;
                Prefetch.Near(next);
                Prefetch.Near(next + vector);
                next += step;
            }

            Join(before + a, rescale[0], o0A, output + a);
            Join(before + b, rescale[0], o0B, output + b);
            Join(before + headDim + a, rescale[1], o1A, output + headDim + a);
            Join(before + headDim + b, rescale[1], o1B, output + headDim + b);
            Join(before + (2 * headDim) + a, rescale[2], o2A, output + (2 * headDim) + a);
            Join(before + (2 * headDim) + b, rescale[2], o2B, output + (2 * headDim) + b);
            Join(before + (3 * headDim) + a, rescale[3], o3A, output + (3 * headDim) + a);
            Join(before + (3 * headDim) + b, rescale[3], o3B, output + (3 * headDim) + b);
        }
    }

    /// <summary>The same for one row.</summary>
    /// <typeparam name="TVector">The vector.</typeparam>
    /// <param name="weights">The weights.</param>
    /// <param name="values">The values, one after the other.</param>
    /// <param name="keys">How many.</param>
    /// <param name="headDim">Elements of a row: at least a vector.</param>
    /// <param name="before">The output so far.</param>
    /// <param name="rescale">A factor of it.</param>
    /// <param name="output">Receives the output; elsewhere.</param>
    /// <param name="ahead">Values that will be wanted soon, in the tensor.</param>
    /// <param name="step">Bytes from a row of them to the next.</param>
    /// <param name="vector">Bytes of as many of them as a vector holds.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ValuesOfOne<TVector>(
        float* weights, float* values, int keys, int headDim, float* before, float rescale, float* output, byte* ahead, nint step,
        nint vector)
        where TVector : unmanaged, ILaneVector<TVector>
    {
        int last = headDim - TVector.Count;
        for (int d = 0; d < headDim; d += 4 * TVector.Count)
        {
            int a = Math.Min(d, last), b = Math.Min(d + TVector.Count, last);
            int c = Math.Min(d + (2 * TVector.Count), last), e = Math.Min(d + (3 * TVector.Count), last);
            TVector oA = TVector.Create(0f), oB = oA, oC = oA, oD = oA;
            float* value = values;
            byte* next = ahead + (d / TVector.Count * vector);
            for (float* weight = weights, end = weights + keys; weight < end; weight++)
            {
                TVector w = TVector.Create(*weight);
                oA = TVector.MultiplyAdd(TVector.Load(value + a), w, oA);
                oB = TVector.MultiplyAdd(TVector.Load(value + b), w, oB);
                oC = TVector.MultiplyAdd(TVector.Load(value + c), w, oC);
                oD = TVector.MultiplyAdd(TVector.Load(value + e), w, oD);
                value += headDim;
                Prefetch.Near(next);
                Prefetch.Near(next + (2 * vector));
                if (TVector.Count == 16)
                {
                    Prefetch.Near(next + vector);
                    Prefetch.Near(next + (3 * vector));
                }

                next += step;
            }

            Join(before + a, rescale, oA, output + a);
            Join(before + b, rescale, oB, output + b);
            Join(before + c, rescale, oC, output + c);
            Join(before + e, rescale, oD, output + e);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Join<TVector>(float* before, float rescale, TVector sum, float* output)
        where TVector : unmanaged, ILaneVector<TVector> =>
        TVector.Store(TVector.MultiplyAdd(TVector.Load(before), TVector.Create(rescale), sum), output);
}
