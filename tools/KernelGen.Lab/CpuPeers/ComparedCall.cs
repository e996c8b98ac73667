using KernelGen.Execution;
using KernelGen.Reference;
using KernelGen.Tensors;

namespace KernelGen.Lab.CpuPeers;

/// <summary>
/// The inputs of a call that is compared, and some rows of its result in float64. Tensors are dense and in fp32, of numbers that the
/// element type holds exactly: whoever converts them to it computes with the same numbers.
/// </summary>
public sealed class ComparedCall
{
    private const double VisibleShare = 0.8;
    private const int MaskSeed = 4;

    private readonly SampledReference _reference;

    /// <summary>Makes them; the same every time.</summary>
    /// <param name="shape">The call.</param>
    public ComparedCall(ComparedShape shape, ElementType elementType)
    {
        (Shape, ElementType) = (shape, elementType);
        AttentionShape sizes = shape.Shape;
        Query = RandomTensors.Exact(sizes.QueryElements, 1, elementType);
        Key = RandomTensors.Exact(sizes.KeyElements, 2, elementType);
        Value = RandomTensors.Exact(sizes.KeyElements, 3, elementType);
        switch (shape.Mask)
        {
            case MaskForm.Boolean:
                MaskAxes = [1, 1, sizes.Queries, sizes.Keys];
                Random random = new(MaskSeed);
                Attend = new bool[sizes.Queries * sizes.Keys];
                for (int i = 0; i < Attend.Length; i++)
                    Attend[i] = random.NextDouble() < VisibleShare;
                break;
            case MaskForm.Padding:
                MaskAxes = [sizes.Batch, 1, 1, sizes.Keys];
                Attend = new bool[sizes.Batch * sizes.Keys];
                for (int item = 0; item < sizes.Batch; item++)
                    Attend.AsSpan(item * sizes.Keys, sizes.Keys - (item * sizes.Keys / (2 * sizes.Batch))).Fill(true);
                break;
            case MaskForm.Additive:
                MaskAxes = [1, 1, sizes.Queries, sizes.Keys];
                Bias = RandomTensors.Exact((long)sizes.Queries * sizes.Keys, MaskSeed, elementType);
                break;
        }

        Options = new() { Causal = shape.Causal, Mask = Mask };
        _reference = SampledReference.Compute(sizes, Query, Key, Value, Options);
    }

    /// <summary>The call.</summary>
    public ComparedShape Shape { get; }

    /// <summary>The element type of its tensors; an additive mask is fp32 for KernelGen.</summary>
    public ElementType ElementType { get; }

    /// <summary>Q, <c>[batch, heads, queries, head dim]</c>.</summary>
    public float[] Query { get; }

    /// <summary>K, <c>[batch, key/value heads, keys, head dim]</c>.</summary>
    public float[] Key { get; }

    /// <summary>V, shaped like K.</summary>
    public float[] Value { get; }

    /// <summary>The axes of the mask; empty when there is none.</summary>
    public int[] MaskAxes { get; } = [];

    /// <summary>A Boolean mask: true for keys that take part.</summary>
    public bool[]? Attend { get; }

    /// <summary>An additive mask.</summary>
    public float[]? Bias { get; }

    /// <summary>Causality and mask as KernelGen takes them.</summary>
    public AttentionOptions Options { get; }

    private AttentionMask? Mask => (Attend, Bias) switch
    {
        ({ } attend, _) => AttentionMask.Boolean(attend, MaskAxes[0], MaskAxes[1], MaskAxes[2], MaskAxes[3]),
        (_, { } bias) => AttentionMask.Additive(bias, MaskAxes[0], MaskAxes[1], MaskAxes[2], MaskAxes[3]),
        _ => null,
    };

    /// <summary>Frobenius norm of the difference from float64 by that of the reference, over rows spread over the call.</summary>
    /// <param name="output">A dense output; its length is that of Q.</param>
    public double ErrorOf(float[] output) => _reference.RelativeError(Shape.Shape, output);

    /// <summary>A tensor in an element type; exact, because its numbers were chosen so.</summary>
    /// <param name="tensor">Numbers that the element type holds.</param>
    public static T[] Narrow<T>(float[] tensor)
        where T : unmanaged
    {
        T[] narrow = new T[tensor.Length];
        switch (narrow)
        {
            case float[] singles:
                tensor.CopyTo(singles, 0);
                break;
            case Half[] halves:
                for (int i = 0; i < tensor.Length; i++)
                    halves[i] = (Half)tensor[i];
                break;
            case BFloat16[] numbers:
                for (int i = 0; i < tensor.Length; i++)
                    numbers[i] = (BFloat16)tensor[i];
                break;
            default:
                throw new NotSupportedException($"{typeof(T)} is not an element type of attention.");
        }

        return narrow;
    }

    /// <summary>A tensor in fp32.</summary>
    /// <param name="tensor">Numbers of an element type.</param>
    /// <param name="wide">Receives them.</param>
    public static void Widen<T>(ReadOnlySpan<T> tensor, Span<float> wide)
        where T : unmanaged
    {
        for (int i = 0; i < tensor.Length; i++)
        {
            wide[i] = tensor[i] switch
            {
                Half half => (float)half,
                BFloat16 number => (float)number,
                float single => single,
                _ => throw new NotSupportedException($"{typeof(T)} is not an element type of attention."),
            };
        }
    }
}
