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

    /// <summary>Beyond it, a bias times log2(e) leaves fp32.</summary>
    private const float LargestBias = 2.3e38f;

    /// <summary>Takes every bias that is larger out of fp32.</summary>
    private static readonly float _beyondLargestBias = MathF.BitIncrement(float.MaxValue / LargestBias);

    /// <summary>
    /// Adds the mask to a block of scores. A boolean mask is a bias of 0 or negative infinity; negative infinity replaces the score,
    /// whatever it is.
    /// </summary>
    /// <typeparam name="TVector">The vector.</typeparam>
    /// <param name="call">The call, which has a mask.</param>
    /// <param name="head">The head, counted over <c>batch * heads</c>.</param>
    /// <param name="row">The lane group's first query row.</param>
    /// <param name="rows">Rows of the group.</param>
    /// <param name="key">The block's first key.</param>
    /// <param name="keys">Keys of the block.</param>
    /// <param name="step">Keys to do at a time, so that the scratch stays in the first-level cache.</param>
    /// <param name="biasRows">Scratch for <c>[lane][step]</c>.</param>
    /// <param name="biasLanes">Scratch for <c>[step][lane]</c>.</param>
    /// <param name="scores">The scores in units of log2, <c>[keys][lane]</c>.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Apply<TVector>(
        in KernelArguments call, int head, int row, int rows, int key, int keys, int step, float* biasRows, float* biasLanes, float* scores)
        where TVector : unmanaged, ILaneVector<TVector>
    {
        int lanes = 2 * TVector.Count;
        (int batch, int queryHead) = Math.DivRem(head, call.Heads);
        MaskStrides strides = call.MaskStrides;
        long origin = (batch * strides.Batch) + (queryHead * strides.Head) + (row * strides.Query) + (key * strides.Key);
        if (call.MaskKind == (int)MaskKind.Boolean && strides.Query == 0)
        {
            HideFromAllRows<TVector>((byte*)call.Mask + origin, strides.Key, keys, scores);
            return;
        }

        if (call.MaskKind == (int)MaskKind.Boolean && strides.Key == 1)
        {
            Hide<TVector>((byte*)call.Mask + origin, strides.Query, rows, keys, step, (byte*)biasLanes, scores);
            return;
        }

        for (int first = 0; first < keys; first += step, origin += step * strides.Key, scores += (long)step * lanes)
        {
            int count = Math.Min(step, keys - first);
            if (strides.Query == 0)
            {
                Read<TVector>(call, origin, count, biasRows);
                AddToAllRows<TVector>(biasRows, count, scores);
                continue;
            }

            for (int lane = 0; lane < rows; lane++)
            {
                Read<TVector>(call, origin + (lane * strides.Query), count, biasRows + (lane * count));
            }

            // Lanes without a row have no bias; what they compute is never written.
            new Span<float>(biasRows + (rows * count), (lanes - rows) * count).Clear();
            LaneTranspose.Transpose(biasRows, count, lanes, count, biasLanes, lanes);
            for (int i = 0; i < count * lanes; i += TVector.Count)
            {
                TVector.Store(Add(TVector.Load(scores + i), TVector.Load(biasLanes + i)), scores + i);
            }
        }
    }

    /// <summary>The same for one row whose scores lie one after the other, a key in each lane.</summary>
    /// <typeparam name="TVector">The vector.</typeparam>
    /// <param name="call">The call, which has a mask.</param>
    /// <param name="head">The head, counted over <c>batch * heads</c>.</param>
    /// <param name="row">The query row.</param>
    /// <param name="key">The block's first key.</param>
    /// <param name="keys">Keys of the block.</param>
    /// <param name="biases">Scratch for as many numbers as there are keys, rounded up to whole vectors.</param>
    /// <param name="scores">The scores in units of log2; whole vectors, too.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void ApplyToRow<TVector>(
        in KernelArguments call, int head, int row, int key, int keys, float* biases, float* scores)
        where TVector : unmanaged, ILaneVector<TVector>
    {
        (int batch, int queryHead) = Math.DivRem(head, call.Heads);
        MaskStrides strides = call.MaskStrides;
        Read<TVector>(
            call, (batch * strides.Batch) + (queryHead * strides.Head) + (row * strides.Query) + (key * strides.Key), keys, biases);
        for (int k = 0; k < keys; k += TVector.Count)
        {
            TVector.Store(Add(TVector.Load(scores + k), TVector.Load(biases + k)), scores + k);
        }
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

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void HideFromAllRows<TVector>(byte* attend, long stride, int keys, float* scores)
        where TVector : unmanaged, ILaneVector<TVector>
    {
        TVector hidden = TVector.Create(float.NegativeInfinity);
        for (int k = 0; k < keys; k++, scores += 2 * TVector.Count)
        {
            if (attend[k * stride] == 0)
            {
                TVector.Store(hidden, scores);
                TVector.Store(hidden, scores + TVector.Count);
            }
        }
    }

    // Bytes are turned into lanes as they are, a quarter of the work of turning biases. Lanes without a row see nothing.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Hide<TVector>(byte* attend, long stride, int rows, int keys, int step, byte* attendLanes, float* scores)
        where TVector : unmanaged, ILaneVector<TVector>
    {
        const int BlockRows = 8, BlockKeys = 16;
        int lanes = 2 * TVector.Count;
        byte* part = stackalloc byte[BlockRows * BlockKeys];
        for (int first = 0; first < keys; first += step)
        {
            int count = Math.Min(step, keys - first);
            for (int row = 0; row < lanes; row += BlockRows)
            {
                for (int key = 0; key < count; key += BlockKeys)
                {
                    byte* block = attend + (row * stride) + first + key;
                    byte* destination = attendLanes + (key * lanes) + row;
                    if (row + BlockRows <= rows && key + BlockKeys <= count)
                    {
                        LaneTranspose.Transpose8x16(block, stride, destination, lanes);
                        continue;
                    }

                    int partRows = Math.Min(BlockRows, rows - row), partKeys = Math.Min(BlockKeys, count - key);
                    new Span<byte>(part, BlockRows * BlockKeys).Clear();
                    for (int r = 0; r < partRows; r++)
                    {
                        new Span<byte>(block + (r * stride), partKeys).CopyTo(new(part + (r * BlockKeys), BlockKeys));
                    }

                    LaneTranspose.Transpose8x16(part, BlockKeys, destination, lanes);
                }
            }

            for (int i = 0; i < count * lanes; i += TVector.Count, scores += TVector.Count)
            {
                TVector.Store(TVector.KeepAttended(TVector.Load(scores), attendLanes + i), scores);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddToAllRows<TVector>(float* biases, int keys, float* scores)
        where TVector : unmanaged, ILaneVector<TVector>
    {
        for (int k = 0; k < keys; k++, scores += 2 * TVector.Count)
        {
            TVector bias = TVector.Create(biases[k]);
            TVector.Store(Add(TVector.Load(scores), bias), scores);
            TVector.Store(Add(TVector.Load(scores + TVector.Count), bias), scores + TVector.Count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Add<TVector>(TVector score, TVector bias)
        where TVector : unmanaged, ILaneVector<TVector> =>
        TVector.SelectEqual(bias, TVector.Create(float.NegativeInfinity), bias, score + bias);

    // The mask of one row as biases, in units of log2.
    private static void Read<TVector>(in KernelArguments call, long at, int keys, float* biases)
        where TVector : unmanaged, ILaneVector<TVector>
    {
        if (call.MaskKind == (int)MaskKind.Boolean)
        {
            ReadBoolean((byte*)call.Mask + at, call.MaskStrides.Key, keys, biases);
        }
        else
        {
            ReadAdditive<TVector>((float*)call.Mask + at, call.MaskStrides.Key, keys, biases);
        }
    }

    private static void ReadBoolean(byte* mask, long stride, int keys, float* destination)
    {
        for (int k = 0; k < keys; k++)
        {
            destination[k] = mask[k * stride] != 0 ? 0f : float.NegativeInfinity;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ReadAdditive<TVector>(float* mask, long stride, int keys, float* destination)
        where TVector : unmanaged, ILaneVector<TVector>
    {
        // Only negative infinity hides: the least finite number, a common stand-in for it, must not overflow to it in units of log2. What
        // is beyond the largest bias counts as the largest number of its sign.
        TVector log2E = TVector.Create(Log2E), least = TVector.Create(float.MinValue), greatest = TVector.Create(float.MaxValue);
        TVector lower = TVector.Create(-LargestBias), upper = TVector.Create(LargestBias);
        TVector hidden = TVector.Create(float.NegativeInfinity), infinite = TVector.Create(float.PositiveInfinity);
        TVector beyond = TVector.Create(_beyondLargestBias);
        int k = 0;
        if (stride == 1)
        {
            for (; k <= keys - TVector.Count; k += TVector.Count)
            {
                TVector bias = TVector.Load(mask + k);
                if (!TVector.AnyNonFinite(bias * beyond))
                {
                    TVector.Store(bias * log2E, destination + k);
                    continue;
                }

                TVector power = TVector.SelectLess(bias, lower, least, TVector.SelectLess(upper, bias, greatest, bias * log2E));
                TVector.Store(
                    TVector.SelectEqual(bias, hidden, hidden, TVector.SelectEqual(bias, infinite, infinite, power)), destination + k);
            }
        }

        for (; k < keys; k++)
        {
            float bias = mask[k * stride];
            destination[k] =
                float.IsInfinity(bias) ? bias : bias < -LargestBias ? float.MinValue : bias > LargestBias ? float.MaxValue : bias * Log2E;
        }
    }
}
