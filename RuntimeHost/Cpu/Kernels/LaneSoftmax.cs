using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace KernelGen.Cpu.Kernels;

/// <summary>
/// The softmax of a lane group: two vectors of query rows, one row in each lane, so that no step ever looks across lanes.
/// </summary>
/// <remarks>
/// Scores lie as <c>[key][lane]</c> and are in units of log2, so that weights are powers of two. Maxima, sums and factors are one number a
/// lane.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class LaneSoftmax
{
    /// <summary>The state before any key: no maximum yet, nothing summed.</summary>
    /// <param name="maximum">Set to negative infinity.</param>
    /// <param name="sum">Set to zero.</param>
    /// <param name="rows">Rows, padded to whole lane groups.</param>
    public static void Reset(float* maximum, float* sum, int rows)
    {
        new Span<float>(maximum, rows).Fill(float.NegativeInfinity);
        new Span<float>(sum, rows).Clear();
    }

    /// <summary>
    /// The state moves on to the maximum with a block of keys: the sum is carried over to it, and <paramref name="rescale"/> receives the
    /// factor that carries over the output too. It is exactly 1 for a row whose maximum did not rise.
    /// </summary>
    /// <typeparam name="TVector">The vector.</typeparam>
    /// <param name="newMaximum">The maximum over the keys so far and this block; negative infinity when no key was visible.</param>
    /// <param name="maximum">The maximum before the block; the new one on return.</param>
    /// <param name="sum">The sum of weights.</param>
    /// <param name="rescale">The factor from the old to the new maximum.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rescale<TVector>(float* newMaximum, float* maximum, float* sum, float* rescale)
        where TVector : unmanaged, ILaneVector<TVector>
    {
        LaneExponential<TVector> exponential = new();
        for (int lane = 0; lane < 2 * TVector.Count; lane += TVector.Count)
        {
            TVector risen = TVector.Load(newMaximum + lane);
            TVector factor = exponential.Exp2(TVector.Load(maximum + lane) - Reference(risen));
            TVector.Store(factor, rescale + lane);
            TVector.Store(TVector.Load(sum + lane) * factor, sum + lane);
            TVector.Store(risen, maximum + lane);
        }
    }

    /// <summary>Weights relative to a maximum that is known to be that of all keys, and their sum.</summary>
    /// <typeparam name="TVector">The vector.</typeparam>
    /// <param name="scores">The block's scores.</param>
    /// <param name="keys">Keys of the block.</param>
    /// <param name="maximum">The maximum over all keys.</param>
    /// <param name="sum">The block's weights are added to it.</param>
    /// <param name="weights">Receives the weights.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Weigh<TVector>(float* scores, int keys, float* maximum, float* sum, float* weights)
        where TVector : unmanaged, ILaneVector<TVector>
    {
        LaneWeights<TVector> softmax = new(maximum);
        float* end = scores + ((long)keys * 2 * TVector.Count);
        for (; scores < end; scores += 2 * TVector.Count, weights += 2 * TVector.Count)
        {
            softmax.Weigh(scores, weights);
        }

        softmax.AddSum(sum);
    }

    /// <summary>Raises a maximum to that of a block of finished scores.</summary>
    /// <typeparam name="TVector">The vector.</typeparam>
    /// <param name="scores">The scores.</param>
    /// <param name="keys">Keys of the block.</param>
    /// <param name="maximum">The maximum before the block.</param>
    /// <param name="newMaximum">Receives the maximum with the block.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Raise<TVector>(float* scores, int keys, float* maximum, float* newMaximum)
        where TVector : unmanaged, ILaneVector<TVector>
    {
        TVector maximum0 = TVector.Load(maximum);
        TVector maximum1 = TVector.Load(maximum + TVector.Count);
        float* end = scores + ((long)keys * 2 * TVector.Count);
        for (; scores < end; scores += 2 * TVector.Count)
        {
            maximum0 = TVector.Max(maximum0, TVector.Load(scores));
            maximum1 = TVector.Max(maximum1, TVector.Load(scores + TVector.Count));
        }

        TVector.Store(maximum0, newMaximum);
        TVector.Store(maximum1, newMaximum + TVector.Count);
    }

    /// <summary>
    /// Divides a block by a number a lane; a lane whose divisor is zero (a row that sees no key) becomes zero. No zero is negative: its
    /// sign would tell whether hidden keys of weight zero were added, which depends on the tile.
    /// </summary>
    /// <typeparam name="TVector">The vector.</typeparam>
    /// <param name="block">The block, <c>[count][lane]</c>.</param>
    /// <param name="count">Its length.</param>
    /// <param name="divisor">The divisors, usually the sums of weights.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Divide<TVector>(float* block, int count, float* divisor)
        where TVector : unmanaged, ILaneVector<TVector>
    {
        TVector zero = TVector.Create(0f);
        TVector factor0 = Inverse(TVector.Load(divisor));
        TVector factor1 = Inverse(TVector.Load(divisor + TVector.Count));
        float* end = block + ((long)count * 2 * TVector.Count);
        for (; block < end; block += 2 * TVector.Count)
        {
            TVector.Store((TVector.Load(block) * factor0) + zero, block);
            TVector.Store((TVector.Load(block + TVector.Count) * factor1) + zero, block + TVector.Count);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static TVector Inverse(TVector divisor)
        {
            TVector zero = TVector.Create(0f);
            return TVector.SelectEqual(divisor, zero, zero, TVector.Create(1f) / divisor);
        }
    }

    /// <summary>
    /// Writes the natural log-sum-exp of rows; negative infinity for a row that sees no key. A maximum that came of a bias too large for
    /// units of log2 is that bias, unless the row is NaN.
    /// </summary>
    /// <param name="maximum">The maxima, in units of log2.</param>
    /// <param name="sum">The sums of weights.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="destination">Where they go.</param>
    public static void WriteLogSumExp(float* maximum, float* sum, int rows, float* destination)
    {
        const double Ln2 = 0.69314718055994530942;
        for (int row = 0; row < rows; row++)
        {
            destination[row] = sum[row] == 0f ? float.NegativeInfinity
                : Math.Abs(maximum[row]) == float.MaxValue && !float.IsNaN(sum[row]) ? maximum[row]
                : (float)((maximum[row] + Math.Log2(sum[row])) * Ln2);
        }
    }

    /// <summary>
    /// What weights are measured from: the maximum. Scores that are all hidden would give infinity minus infinity; measured from zero they
    /// give weights of zero.
    /// </summary>
    /// <typeparam name="TVector">The vector.</typeparam>
    /// <param name="maximum">The maximum of each lane.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Reference<TVector>(TVector maximum)
        where TVector : unmanaged, ILaneVector<TVector> =>
        TVector.SelectEqual(maximum, TVector.Create(float.NegativeInfinity), TVector.Create(0f), maximum);
}
