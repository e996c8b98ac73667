using System.Runtime.InteropServices;
using KernelGen.Tensors;

namespace KernelGen.Kernels;

/// <summary>
/// What a kernel is given: raw addresses, strides and the slice to work on. The CUDA templates declare the same structure.
/// </summary>
/// <remarks>
/// Addresses are of the device's memory. Nothing here is owned; every field is 8 or 4 bytes wide so that C# and CUDA C agree on the layout.
/// </remarks>
[StructLayout(LayoutKind.Sequential)]
public struct KernelArguments
{
    /// <summary>Q, of the variant's element type.</summary>
    public nint Query;

    /// <summary>K.</summary>
    public nint Key;

    /// <summary>V.</summary>
    public nint Value;

    /// <summary>The output, of the variant's element type.</summary>
    public nint Output;

    /// <summary>The mask's elements (bytes or fp32), or 0.</summary>
    public nint Mask;

    /// <summary>
    /// Where attention probabilities go, fp32 <c>[batch, heads, queries, keys]</c>, or 0. Only <c>materialized</c> kernels can fill it.
    /// </summary>
    public nint Map;

    /// <summary>The address for the natural log-sum-exp of each row's scaled scores, fp32 <c>[batch, heads, queries]</c>, or 0.</summary>
    public nint LogSumExp;

    /// <summary>
    /// The workspace: the scores of the slice (<c>materialized</c>), the partial results of chunks of keys (<c>streaming</c>), or 0.
    /// </summary>
    public nint Scores;

    /// <summary>Strides of Q.</summary>
    public TensorStrides QueryStrides;

    /// <summary>Strides of K, over key/value heads.</summary>
    public TensorStrides KeyStrides;

    /// <summary>Strides of V, over key/value heads.</summary>
    public TensorStrides ValueStrides;

    /// <summary>Strides of the output.</summary>
    public TensorStrides OutputStrides;

    /// <summary>Strides of the mask; 0 along broadcast axes.</summary>
    public MaskStrides MaskStrides;

    /// <summary>Query heads of a batch item.</summary>
    public int Heads;

    /// <summary>Key/value heads of a batch item.</summary>
    public int KeyValueHeads;

    /// <summary>Query rows of a head.</summary>
    public int Queries;

    /// <summary>Keys of a head.</summary>
    public int Keys;

    /// <summary>First head of the slice, counted over <c>batch * heads</c>.</summary>
    public int HeadBegin;

    /// <summary>Heads of the slice.</summary>
    public int HeadCount;

    /// <summary>First query row of the slice.</summary>
    public int RowBegin;

    /// <summary>Query rows of the slice.</summary>
    public int RowCount;

    /// <summary>The factor of the scores before softmax, usually <c>1 / sqrt(head dim)</c>.</summary>
    public float Scale;

    /// <summary>A <see cref="Tensors.MaskKind"/>.</summary>
    public int MaskKind;

    /// <summary>1: key j is visible to query i when j &lt;= i. 0: every key is.</summary>
    public int Causal;

    /// <summary>
    /// As many as there are chunks of keys where the blocks of a <c>streaming</c> kernel share rows, a chunk each; 1 or 0 where a block
    /// goes over all keys.
    /// </summary>
    public int KeySplits;
}
