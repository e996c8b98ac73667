using System.ComponentModel;
using System.Runtime.CompilerServices;
using KernelGen.Kernels;
using KernelGen.Tensors;

namespace KernelGen.Cpu.Kernels;

/// <summary>
/// Keeps a NaN or an infinity in the value of a key away from the rows that do not see that key: their weight is zero, but zero times
/// such a number is a NaN. Padding of unknown content behind a mask is ordinary, so it must not reach the output.
/// </summary>
/// <remarks>A row that sees the key gets what IEEE arithmetic says, also when its weight has underflowed to zero.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class HiddenValues
{
    /// <summary>True when any number is a NaN or an infinity.</summary>
    /// <typeparam name="TVector">The vector.</typeparam>
    /// <param name="values">The numbers.</param>
    /// <param name="count">How many: a multiple of 8.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool AnyNonFinite<TVector>(float* values, int count)
        where TVector : unmanaged, ILaneVector<TVector>
    {
        int i = 0;
        for (; i <= count - TVector.Count; i += TVector.Count)
        {
            if (TVector.AnyNonFinite(TVector.Load(values + i)))
            {
                return true;
            }
        }

        // A vector of 16 may leave a rest of 8.
        return i < count && LaneVector256.AnyNonFinite(LaneVector256.Load(values + i));
    }

    /// <summary>Copies values with zero in place of every NaN and infinity.</summary>
    /// <param name="values">The values; may be <paramref name="destination"/> itself.</param>
    /// <param name="count">How many.</param>
    /// <param name="destination">Receives the copy.</param>
    public static void CopyFinite(float* values, int count, float* destination)
    {
        for (int i = 0; i < count; i++)
        {
            destination[i] = float.IsFinite(values[i]) ? values[i] : 0f;
        }
    }

    /// <summary>Adds what <see cref="CopyFinite"/> took out to the rows that see it.</summary>
    /// <typeparam name="TElement">The tensor's element type.</typeparam>
    /// <param name="call">The call.</param>
    /// <param name="head">The head, counted over <c>batch * heads</c>.</param>
    /// <param name="row">The lane group's first query row.</param>
    /// <param name="rows">Rows of the group.</param>
    /// <param name="key">The block's first key.</param>
    /// <param name="keys">Keys of the block.</param>
    /// <param name="headDim">Elements of a row.</param>
    /// <param name="lanes">Lanes of a group.</param>
    /// <param name="values">The block's values in the tensor.</param>
    /// <param name="weights">The block's weights, <c>[keys][lane]</c>.</param>
    /// <param name="output">The output so far, <c>[headDim][lane]</c>.</param>
    public static void AddNonFinite<TElement>(
        in KernelArguments call, int head, int row, int rows, int key, int keys, int headDim, int lanes, TElement* values, float* weights,
        float* output)
        where TElement : unmanaged
    {
        for (int k = 0; k < keys; k++)
        {
            for (int d = 0; d < headDim; d++)
            {
                float value = ToSingle(values[(k * call.ValueStrides.Row) + d]);
                if (float.IsFinite(value))
                {
                    continue;
                }

                for (int lane = 0; lane < rows; lane++)
                {
                    if (LaneMask.Sees(call, head, row + lane, key + k))
                    {
                        output[(d * lanes) + lane] += weights[(k * lanes) + lane] * value;
                    }
                }
            }
        }
    }

    private static float ToSingle<TElement>(TElement value)
        where TElement : unmanaged =>
        typeof(TElement) == typeof(float) ? (float)(object)value
        : typeof(TElement) == typeof(BFloat16) ? (float)(BFloat16)(object)value
        : (float)(Half)(object)value;
}
