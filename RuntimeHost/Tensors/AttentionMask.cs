using System.Runtime.InteropServices;

namespace KernelGen.Tensors;

/// <summary>A mask over <c>[batch, heads, queries, keys]</c>, each axis full or of size 1 (broadcast).</summary>
public sealed class AttentionMask
{
    private AttentionMask(
        MaskKind kind, ReadOnlyMemory<bool> attend, ReadOnlyMemory<float> bias, int batch, int heads, int queries, int keys)
    {
        if (batch < 0 || heads < 0 || queries < 0 || keys < 0)
        {
            throw new ArgumentException(
                Invariant($"A mask of [{batch}, {heads}, {queries}, {keys}] cannot be; no axis may be negative."),
                batch < 0 ? nameof(batch) : heads < 0 ? nameof(heads) : queries < 0 ? nameof(queries) : nameof(keys));
        }

        Int128 elements = (Int128)batch * heads * queries * keys;
        int given = kind == MaskKind.Boolean ? attend.Length : bias.Length;
        if (given != elements)
        {
            throw new ArgumentException(
                Invariant($"A mask of [{batch}, {heads}, {queries}, {keys}] has {elements} elements; {given} were given."),
                kind == MaskKind.Boolean ? nameof(attend) : nameof(bias));
        }

        (Kind, Attend, Bias) = (kind, attend, bias);
        (Batch, Heads, Queries, Keys) = (batch, heads, queries, keys);
    }

    /// <summary>Boolean or additive.</summary>
    public MaskKind Kind { get; }

    /// <summary>Elements of the batch axis.</summary>
    public int Batch { get; }

    /// <summary>Elements of the head axis.</summary>
    public int Heads { get; }

    /// <summary>Elements of the query axis.</summary>
    public int Queries { get; }

    /// <summary>Elements of the key axis.</summary>
    public int Keys { get; }

    private ReadOnlyMemory<bool> Attend { get; }

    private ReadOnlyMemory<float> Bias { get; }

    /// <summary>The mask's bytes, one (boolean) or four (additive) per element.</summary>
    public ReadOnlySpan<byte> Bytes => Kind == MaskKind.Boolean ? MemoryMarshal.AsBytes(Attend.Span) : MemoryMarshal.AsBytes(Bias.Span);

    /// <summary>Its kind and sizes.</summary>
    public override string ToString() => Invariant($"{Kind} [{Batch}, {Heads}, {Queries}, {Keys}]");

    /// <summary>A boolean mask; true means that the query attends to the key.</summary>
    /// <param name="attend">The elements, row-major over the four axes.</param>
    /// <param name="batch">The shape's batch, or 1.</param>
    /// <param name="heads">The shape's heads, or 1.</param>
    /// <param name="queries">The shape's queries, or 1.</param>
    /// <param name="keys">The shape's keys, or 1.</param>
    /// <exception cref="ArgumentException">The number of elements is not the product of the axes.</exception>
    public static AttentionMask Boolean(ReadOnlyMemory<bool> attend, int batch, int heads, int queries, int keys) =>
        new(MaskKind.Boolean, attend, default, batch, heads, queries, keys);

    /// <summary>An additive mask: fp32 numbers added to the scaled scores.</summary>
    /// <remarks>
    /// Negative infinity hides a key, and nothing else does. A finite number beyond 2.3e38 counts as the largest number of its sign, and
    /// positive infinity makes a row of NaNs.
    /// </remarks>
    /// <param name="bias">The elements, row-major over the four axes.</param>
    /// <param name="batch">The shape's batch, or 1.</param>
    /// <param name="heads">The shape's heads, or 1.</param>
    /// <param name="queries">The shape's queries, or 1.</param>
    /// <param name="keys">The shape's keys, or 1.</param>
    /// <exception cref="ArgumentException">The number of elements is not the product of the axes.</exception>
    public static AttentionMask Additive(ReadOnlyMemory<float> bias, int batch, int heads, int queries, int keys) =>
        new(MaskKind.Additive, default, bias, batch, heads, queries, keys);

    /// <summary>The strides with which this mask covers a shape.</summary>
    /// <param name="shape">The shape to cover.</param>
    /// <exception cref="ArgumentException">An axis is neither 1 nor the shape's size.</exception>
    public MaskStrides StridesFor(in AttentionShape shape)
    {
        if (!Fits(Batch, shape.Batch) || !Fits(Heads, shape.Heads) || !Fits(Queries, shape.Queries) || !Fits(Keys, shape.Keys))
        {
            throw new ArgumentException(
                Invariant($"The mask is [{Batch}, {Heads}, {Queries}, {Keys}] and does not broadcast to [{shape.Batch}, {shape.Heads}, ")
                    + Invariant($"{shape.Queries}, {shape.Keys}]: each axis must be 1 or the full size."),
                nameof(shape));
        }

        // A full axis of size 1 has stride 0 as well: there is no second element to step to.
        return new(
            Batch > 1 ? (long)Heads * Queries * Keys : 0,
            Heads > 1 ? (long)Queries * Keys : 0,
            Queries > 1 ? Keys : 0,
            Keys > 1 ? 1 : 0);

        static bool Fits(int axis, int size) => axis == size || axis == 1;
    }
}
