using System.ComponentModel;
using System.Runtime.CompilerServices;
using KernelGen.Kernels;

namespace KernelGen.Cpu.Kernels;

/// <summary>The output of a finished tile: output rows, log-sum-exp, and the attention map.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class TileOutput
{
    /// <summary>Divides the output by the sums of weights and writes its rows, and the log-sum-exp where the call asks for it.</summary>
    /// <typeparam name="TElement">The tensors' element type.</typeparam>
    /// <typeparam name="TVector">The vector.</typeparam>
    /// <param name="call">The call.</param>
    /// <param name="head">The head, counted over <c>batch * heads</c>.</param>
    /// <param name="rowBegin">First query row of the tile.</param>
    /// <param name="rowEnd">Past the last query row.</param>
    /// <param name="headDim">Elements of a row.</param>
    /// <param name="destination">The head's first output row.</param>
    /// <param name="output">The weighted values, lane group after lane group, each <c>[headDim][lane]</c>.</param>
    /// <param name="maximum">The maximum of each row's scores, in units of log2.</param>
    /// <param name="sum">The sum of each row's weights.</param>
    /// <param name="scratch">Room for a lane group of rows.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void WriteRows<TElement, TVector>(
        in KernelArguments call, int head, int rowBegin, int rowEnd, int headDim,
        TElement* destination, float* output, float* maximum, float* sum, float* scratch)
        where TElement : unmanaged
        where TVector : unmanaged, ILaneVector<TVector>
    {
        int lanes = 2 * TVector.Count;
        for (int row = rowBegin; row < rowEnd; row += lanes)
        {
            int first = row - rowBegin, rows = Math.Min(lanes, rowEnd - row);
            float* group = output + ((long)first * headDim);
            Prefetch.Rows(
                destination + ((row + lanes) * call.OutputStrides.Row), call.OutputStrides.Row, Math.Min(lanes, rowEnd - row - lanes),
                headDim);
            LaneSoftmax.Divide<TVector>(group, headDim, sum + first);
            LaneRows.UnpackOutput<TElement, TVector>(
                group, rows, headDim, scratch, destination + (row * call.OutputStrides.Row), call.OutputStrides.Row);
        }

        if (call.LogSumExp != 0)
        {
            LaneSoftmax.WriteLogSumExp(maximum, sum, rowEnd - rowBegin, (float*)call.LogSumExp + ((long)head * call.Queries) + rowBegin);
        }
    }

    /// <summary>Writes the tile's part of the attention map from the scores in the workspace.</summary>
    /// <typeparam name="TVector">The vector.</typeparam>
    /// <param name="call">The call, which asks for the map.</param>
    /// <param name="head">The head, counted over <c>batch * heads</c>.</param>
    /// <param name="rowBegin">First query row of the tile.</param>
    /// <param name="rowEnd">Past the last query row.</param>
    /// <param name="step">Keys to do at a time, so that the scratch stays in the first-level cache.</param>
    /// <param name="scores">The tile's scores, lane group after lane group, each <c>[paddedKeys][lane]</c>.</param>
    /// <param name="paddedKeys">Keys of a lane group in the workspace.</param>
    /// <param name="maximum">The maximum of each row's scores.</param>
    /// <param name="sum">The sum of each row's weights.</param>
    /// <param name="weights">Scratch for <c>[step][lane]</c>.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void WriteMap<TVector>(
        in KernelArguments call, int head, int rowBegin, int rowEnd, int step,
        float* scores, long paddedKeys, float* maximum, float* sum, float* weights)
        where TVector : unmanaged, ILaneVector<TVector>
    {
        int lanes = 2 * TVector.Count;
        float* unused = stackalloc float[lanes];
        new Span<float>(unused, lanes).Clear();
        for (int row = rowBegin; row < rowEnd; row += lanes)
        {
            int first = row - rowBegin, rows = Math.Min(lanes, rowEnd - row);
            float* map = (float*)call.Map + ((((long)head * call.Queries) + row) * call.Keys);
            int visible = call.Causal != 0 ? Math.Min(call.Keys, row + rows) : call.Keys;
            for (int key = 0; key < visible; key += step)
            {
                int count = Math.Min(step, visible - key);
                LaneSoftmax.Weigh<TVector>(scores + (first * paddedKeys) + ((long)key * lanes), count, maximum + first, unused, weights);
                LaneSoftmax.Divide<TVector>(weights, count, sum + first);
                LaneTranspose.Transpose(weights, lanes, count, rows, map + key, call.Keys);
            }

            for (int r = 0; r < rows; r++)
            {
                float* mapRow = map + ((long)r * call.Keys);
                new Span<float>(mapRow + visible, call.Keys - visible).Clear();
                if (float.IsNaN(sum[first + r]))
                {
                    ClearHidden(call, head, row + r, visible, mapRow);
                }
            }
        }
    }

    // Where the sum of weights is no number, a weight of zero divided by it is none, either.
    private static void ClearHidden(in KernelArguments call, int head, int row, int keys, float* mapRow)
    {
        for (int key = 0; key < keys; key++)
        {
            if (!LaneMask.Sees(call, head, row, key))
            {
                mapRow[key] = 0f;
            }
        }
    }
}
