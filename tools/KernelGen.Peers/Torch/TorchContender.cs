using KernelGen.Lab.CpuPeers;
using KernelGen.Tensors;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace KernelGen.Peers.Torch;

/// <summary>A call in PyTorch.</summary>
internal sealed class TorchContender : IContender
{
    private readonly ComparedCall _call;
    private readonly TorchForm _form;
    private readonly int _threads;
    private readonly Tensor _query;
    private readonly Tensor _key;
    private readonly Tensor _value;
    private readonly Tensor? _mask;
    private Tensor? _output;

    public TorchContender(ComparedCall call, TorchForm form, int threads)
    {
        (_call, _form, _threads) = (call, form, threads);
        AttentionShape shape = call.Shape.Shape;
        set_grad_enabled(false);
        ScalarType type = call.ElementType switch
        {
            ElementType.Float16 => ScalarType.Float16,
            ElementType.BFloat16 => ScalarType.BFloat16,
            _ => ScalarType.Float32,
        };
        long[] queryAxes = form == TorchForm.GroupsAsRows
            ? [shape.Batch, shape.KeyValueHeads, shape.Heads / shape.KeyValueHeads * shape.Queries, shape.HeadDim]
            : [shape.Batch, shape.Heads, shape.Queries, shape.HeadDim];
        long[] keyAxes = [shape.Batch, shape.KeyValueHeads, shape.Keys, shape.HeadDim];
        _query = Copy(call.Query, queryAxes);
        _key = Copy(call.Key, keyAxes);
        _value = Copy(call.Value, keyAxes);
        _mask = Mask();

        Tensor Copy(float[] numbers, long[] axes)
        {
            using Tensor single = tensor(numbers, axes);
            return type == ScalarType.Float32 ? single.clone() : single.to(type);
        }

        Tensor? Mask()
        {
            long[] axes = [.. call.MaskAxes];
            if (call.Bias is { } bias)
                return Copy(bias, axes);

            // The fused operator takes Booleans and knows causality; products can only add.
            bool[]? attend = call.Attend;
            if (form == TorchForm.Products && call.Shape.Causal)
            {
                axes = [1, 1, shape.Queries, shape.Keys];
                attend = new bool[shape.Queries * shape.Keys];
                for (int row = 0; row < shape.Queries; row++)
                    attend.AsSpan(row * shape.Keys, Math.Min(row + 1, shape.Keys)).Fill(true);
            }

            if (attend is null)
                return null;

            return form == TorchForm.Products
                ? Copy([.. attend.Select(visible => visible ? 0 : float.NegativeInfinity)], axes)
                : tensor(attend, axes);
        }
    }

    /// <inheritdoc/>
    public void Run()
    {
        _output?.Dispose();

        // The number is the process's: other contenders set it, too.
        if (get_num_threads() != _threads)
            set_num_threads(_threads);
        using DisposeScope scope = NewDisposeScope();
        (Tensor key, Tensor value) = (_key, _value);
        AttentionShape shape = _call.Shape.Shape;
        int group = shape.Heads / shape.KeyValueHeads;
        if (group > 1 && _form != TorchForm.GroupsAsRows)
            (key, value) = (key.repeat_interleave(group, 1), value.repeat_interleave(group, 1));
        Tensor output = _form == TorchForm.Products
            ? Products(key, value)
            : scaled_dot_product_attention(_query, key, value, _mask, 0, _call.Shape.Causal);
        _output = output.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void ReadOutput(float[] output)
    {
        using Tensor single = _output!.to(ScalarType.Float32);
        using Tensor dense = single.contiguous();
        dense.data<float>().ToArray().CopyTo(output, 0);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _query.Dispose();
        _key.Dispose();
        _value.Dispose();
        _mask?.Dispose();
        _output?.Dispose();
    }

    private Tensor Products(Tensor key, Tensor value)
    {
        Tensor scores = matmul(_query, key.transpose(-2, -1)).mul_(1 / Math.Sqrt(_call.Shape.Shape.HeadDim));
        if (_mask is not null)
            scores = scores.add_(_mask);
        return matmul(softmax(scores, -1), value);
    }
}
