using System.Runtime.InteropServices;

namespace KernelGen.Tensors;

/// <summary>
/// Distances, in elements, between neighbours along batch, head and row of a tensor whose last axis (head dim) is contiguous.
/// </summary>
/// <param name="Batch">From a batch item to the next.</param>
/// <param name="Head">From a head to the next.</param>
/// <param name="Row">From a row to the next.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct TensorStrides(long Batch, long Head, long Row)
{
    /// <summary>The strides of a dense tensor.</summary>
    /// <param name="layout">Its order of axes.</param>
    /// <param name="heads">Its heads.</param>
    /// <param name="rows">Its rows in each head.</param>
    /// <param name="headDim">Elements of a row.</param>
    public static TensorStrides Dense(AttentionLayout layout, int heads, int rows, int headDim) => layout switch
    {
        AttentionLayout.BatchRowsHeads => new((long)rows * heads * headDim, headDim, (long)heads * headDim),
        _ => new((long)heads * rows * headDim, (long)rows * headDim, headDim),
    };

    /// <summary>
    /// Elements from the first to just past the last one that a tensor with these strides touches; 0 when it is empty, and at most 2^63 -
    /// 1.
    /// </summary>
    /// <param name="batch">Batch items.</param>
    /// <param name="heads">Heads.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="headDim">Elements of a row.</param>
    public long Extent(int batch, int heads, int rows, int headDim) =>
        rows == 0
            ? 0
            : (long)Int128.Min(
                ((Int128)(batch - 1) * Batch) + ((Int128)(heads - 1) * Head) + ((Int128)(rows - 1) * Row) + headDim, long.MaxValue);
}
