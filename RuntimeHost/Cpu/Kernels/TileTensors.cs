using System.ComponentModel;
using KernelGen.Kernels;
using KernelGen.Tensors;

namespace KernelGen.Cpu.Kernels;

/// <summary>The addresses of the tensors of one head.</summary>
/// <typeparam name="TElement">Their element type.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly unsafe struct TileTensors<TElement>
    where TElement : unmanaged
{
    /// <summary>Finds the tensors of a head.</summary>
    /// <param name="call">The call.</param>
    /// <param name="head">The head, counted over <c>batch * heads</c>.</param>
    public TileTensors(in KernelArguments call, int head)
    {
        (int batch, int queryHead) = Math.DivRem(head, call.Heads);
        int keyValueHead = queryHead / (call.Heads / call.KeyValueHeads);
        Query = At(call.Query, call.QueryStrides, batch, queryHead);
        Key = At(call.Key, call.KeyStrides, batch, keyValueHead);
        Value = At(call.Value, call.ValueStrides, batch, keyValueHead);
        Output = At(call.Output, call.OutputStrides, batch, queryHead);

        static TElement* At(nint tensor, in TensorStrides strides, int batch, int head) =>
            (TElement*)tensor + (batch * strides.Batch) + (head * strides.Head);
    }

    /// <summary>The head's first query row.</summary>
    public TElement* Query { get; }

    /// <summary>The first key of the key/value head that serves it.</summary>
    public TElement* Key { get; }

    /// <summary>The first value of that key/value head.</summary>
    public TElement* Value { get; }

    /// <summary>The head's first output row.</summary>
    public TElement* Output { get; }
}
