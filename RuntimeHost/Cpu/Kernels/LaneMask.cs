using System.ComponentModel;
using System.Runtime.CompilerServices;
using KernelGen.Kernels;
using KernelGen.Tensors;

namespace KernelGen.Cpu.Kernels;

/// <summary>Hides keys from query rows: by a mask, by causality, and from the effects of what a hidden value holds.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class LaneMask
{
    private const float Log2E = 1.44269504f;

    /// <summary>Adds the mask to a block of scores. A boolean mask is a bias of 0 or negative infinity; such a bias replaces the score, whatever it is.</summary>
    /// <typeparam name="TVector">The vector.</typeparam>
    /// <param name="call">The call, which has a mask.</param>
    /// <param name="head">The head, counted over <c>batch * heads</c>.</param>
    /// <param name="row">The lane group's first query row.</param>
    /// <param name="rows">Rows of the group.</param>
    /// <param name="key">The block's first key.</param>
    /// <param name="keys">Keys of the block.</param>
    /// <param name="biasRows">Scratch for <c>[lane][keys]</c>.</param>
    /// <param name="biasLanes">Scratch for <c>[keys][lane]</c>.</param>
    /// <param name="scores">The scores in units of log2, <c>[keys][lane]</c>.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Apply<TVector>(
        in KernelArguments call, int head, int row, int rows, int key, int keys, float* biasRows, float* biasLanes, float* scores)
        where TVector : unmanaged, ILaneVector<TVector>
    {
        int lanes = 2 * TVector.Count;
        (int batch, int queryHead) = Math.DivRem(head, call.Heads);
        MaskStrides strides = call.MaskStrides;
        long origin = (batch * strides.Batch) + (queryHead * strides.Head) + (row * strides.Query) + (key * strides.Key);
        bool sameForAllRows = strides.Query == 0;
        int distinctRows = sameForAllRows ? 1 : rows;
        for (int lane = 0; lane < distinctRows; lane++)
        {
            float* destination = biasRows + ((long)lane * keys);
            if (call.MaskKind == (int)MaskKind.Boolean)
            {
                Read<TVector>((byte*)call.Mask + origin + (lane * strides.Query), strides.Key, keys, destination);
            }
            else
            {
                Read<TVector>((float*)call.Mask + origin + (lane * strides.Query), strides.Key, keys, destination);
            }
        }

        if (sameForAllRows)
        {
            for (int k = 0; k < keys; k++, scores += lanes)
            {
                TVector bias = TVector.Create(biasRows[k]);
                TVector.Store(Add(TVector.Load(scores), bias), scores);
                TVector.Store(Add(TVector.Load(scores + TVector.Count), bias), scores + TVector.Count);
            }

            return;
        }

        // Lanes without a row have no bias; what they compute is never written.
        new Span<float>(biasRows + ((long)rows * keys), (lanes - rows) * keys).Clear();
        LaneTranspose.Transpose(biasRows, keys, lanes, keys, biasLanes, lanes);
        for (float* end = scores + ((long)keys * lanes); scores < end; scores += TVector.Count, biasLanes += TVector.Count)
        {
            TVector.Store(Add(TVector.Load(scores), TVector.Load(biasLanes)), scores);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static TVector Add(TVector score, TVector bias) =>
            TVector.SelectEqual(bias, TVector.Create(float.NegativeInfinity), bias, score + bias);
    }

    /// <summary>Hides the keys after each query's own position.</summary>
    /// <typeparam name="TVector">The vector.</typeparam>
    /// <param name="row">The lane group's first query row.</param>
    /// <param name="key">The block's first key.</param>
    /// <param name="keys">Keys of the block.</param>
    /// <param name="scores">The scores, <c>[keys][lane]</c>.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ApplyCausal<TVector>(int row, int key, int keys, float* scores)
        where TVector : unmanaged, ILaneVector<TVector>
    {
        TVector hidden = TVector.Create(float.NegativeInfinity);
        TVector lane0 = TVector.LaneIndices;
        TVector lane1 = lane0 + TVector.Create(TVector.Count);
        for (int k = Math.Max(0, row + 1 - key); k < keys; k++)
        {
            // A lane sees the key from this lane on. Differences, unlike positions, are small enough to be exact in fp32.
            TVector firstLane = TVector.Create(key + k - row);
            float* score = scores + ((long)k * 2 * TVector.Count);
            TVector.Store(TVector.SelectLess(lane0, firstLane, hidden, TVector.Load(score)), score);
            TVector.Store(TVector.SelectLess(lane1, firstLane, hidden, TVector.Load(score + TVector.Count)), score + TVector.Count);
        }
    }

    /// <summary>
    /// Whether a query sees a key: by causality, and by the mask's own word, which is not 0 (boolean) or not negative infinity (additive).
    /// </summary>
    /// <param name="call">The call.</param>
    /// <param name="head">The head, counted over <c>batch * heads</c>.</param>
    /// <param name="row">The query.</param>
    /// <param name="key">The key.</param>
    public static bool Sees(in KernelArguments call, int head, int row, int key)
    {
        (int batch, int queryHead) = Math.DivRem(head, call.Heads);
        MaskStrides strides = call.MaskStrides;
        long at = (batch * strides.Batch) + (queryHead * strides.Head) + (row * strides.Query) + (key * strides.Key);
        return (call.Causal == 0 || key <= row)
            && (MaskKind)call.MaskKind switch
            {
                MaskKind.Boolean => ((byte*)call.Mask)[at] != 0,
                MaskKind.Additive => !float.IsNegativeInfinity(((float*)call.Mask)[at]),
                _ => true,
            };
    }

    private static void Read<TVector>(byte* mask, long stride, int keys, float* destination)
        where TVector : unmanaged, ILaneVector<TVector>
    {
        int k = 0;
        if (stride == 1)
        {
            for (; k <= keys - TVector.Count; k += TVector.Count)
            {
                TVector.Store(TVector.LoadAttend(mask + k), destination + k);
            }
        }

        for (; k < keys; k++)
        {
            destination[k] = mask[k * stride] != 0 ? 0f : float.NegativeInfinity;
        }
    }

    private static void Read<TVector>(float* mask, long stride, int keys, float* destination)
        where TVector : unmanaged, ILaneVector<TVector>
    {
        TVector log2E = TVector.Create(Log2E);
        int k = 0;
        if (stride == 1)
        {
            for (; k <= keys - TVector.Count; k += TVector.Count)
            {
                TVector.Store(TVector.Load(mask + k) * log2E, destination + k);
            }
        }

        for (; k < keys; k++)
        {
            destination[k] = mask[k * stride] * Log2E;
        }
    }
}
