using System.Globalization;
using System.Numerics;
using KernelGen.Reference.Safetensors;
using KernelGen.Samples.Models;
using KernelGen.Tensors;

namespace KernelGen.Samples.Commands;

/// <summary>The attention call that a safetensors file describes, after every check that needs no kernel.</summary>
/// <param name="Shape">The sizes.</param>
/// <param name="ElementType">The type of the three tensors.</param>
/// <param name="Layout">The order of their axes.</param>
/// <param name="Query">Q.</param>
/// <param name="Key">K.</param>
/// <param name="Value">V.</param>
/// <param name="KeyValueStrides">The strides of K and V where one batch item of theirs serves all of Q's; null where they are
/// dense.</param>
/// <param name="Mask">The mask, or null.</param>
/// <param name="Scale">The scale in the file's metadata, or null.</param>
/// <param name="Causal">What the file's metadata says of causality; false when it says nothing.</param>
/// <param name="Model">The class whose kernels serve the head dim.</param>
internal sealed record AttentionInput(
    AttentionShape Shape, ElementType ElementType, AttentionLayout Layout, SafetensorsTensor Query, SafetensorsTensor Key,
    SafetensorsTensor Value,
    TensorStrides? KeyValueStrides, AttentionMask? Mask, float? Scale, bool Causal, AttentionModel Model)
{
    /// <summary>Reads the call from an open file.</summary>
    /// <exception cref="InputException">The file does not describe an attention call; the message says which rule it breaks.</exception>
    public static AttentionInput Read(SafetensorsFile file, AttentionLayout layout)
    {
        SafetensorsTensor query = Tensor(file, "q");
        SafetensorsTensor key = Tensor(file, "k");
        SafetensorsTensor value = Tensor(file, "v");
        ElementType elementType = ElementTypeOf(file, query);
        foreach (SafetensorsTensor other in (SafetensorsTensor[])[key, value])
        {
            if (ElementTypeOf(file, other) != elementType)
                throw Fault(file, $"'q' is {query.Type.Name()} and '{other.Name}' is {other.Type.Name()}; they must have the same dtype.");
        }

        AttentionShape shape = ShapeOf(file, layout, query, key, value, elementType, out AttentionModel model);
        return new(
            shape, elementType, layout, query, key, value,
            key.Shape[0] == shape.Batch
                ? null
                : TensorStrides.Dense(layout, shape.KeyValueHeads, shape.Keys, shape.HeadDim) with { Batch = 0 },
            file.Find("mask") is { } mask ? MaskOf(file, mask, shape, hasHeads: query.Shape.Count == 4) : null,
            ScaleOf(file), CausalOf(file), model);
    }

    private static SafetensorsTensor Tensor(SafetensorsFile file, string name)
    {
        if (file.Find(name) is { } tensor)
            return tensor;
        string there = string.Join(", ", file.Tensors.Keys.Order(StringComparer.Ordinal).Take(8).Select(SafetensorsText.Quote));
        there = there.Length == 0 ? "no tensors" : file.Tensors.Count > 8 ? there + " and more" : there;
        throw Fault(file, $"there is no tensor '{name}'; 'q', 'k' and 'v' are needed. The file has {there}.");
    }

    private static ElementType ElementTypeOf(SafetensorsFile file, SafetensorsTensor tensor) =>
        tensor.Type.ToAttention()
        ?? throw Fault(file,
            $"'{tensor.Name}' is {tensor.Type.Name()}; attention computes with F16, BF16 and F32. Convert the tensor to one of these.");

    private static AttentionShape ShapeOf(
        SafetensorsFile file, AttentionLayout layout, SafetensorsTensor query, SafetensorsTensor key, SafetensorsTensor value,
        ElementType elementType,
        out AttentionModel model)
    {
        string axes = layout == AttentionLayout.BatchRowsHeads ? "[batch, rows, heads, head dim]" : "[batch, heads, rows, head dim]";
        const string orThree = "or rank 3 with one head: [batch, rows, head dim]";
        foreach (SafetensorsTensor tensor in (SafetensorsTensor[])[query, key, value])
        {
            if (tensor.Shape.Count is not (3 or 4))
                throw Fault(
                    file,
                    $"'{tensor.Name}' is {tensor.ShapeText}, of rank {tensor.Shape.Count}; it must have rank 4: {axes}, {orThree}.");
            if (tensor.Shape.Count != query.Shape.Count)
                throw Fault(
                    file, $"'q' is {query.ShapeText} and '{tensor.Name}' is {tensor.ShapeText}; they must have the same rank, 3 or 4.");
            if (tensor.Shape.Any(axis => axis > int.MaxValue))
                throw Fault(file, $"'{tensor.Name}' is {tensor.ShapeText}; each axis must be below 2^31.");
        }

        if (!key.Shape.SequenceEqual(value.Shape))
            throw Fault(file, $"'k' is {key.ShapeText} and 'v' is {value.ShapeText}; they must have the same shape.");

        Axes queries = Axes.Of(query, layout), keys = Axes.Of(key, layout);
        if (keys.HeadDim != queries.HeadDim)
            throw Fault(file, $"'q' has head dim {queries.HeadDim} and 'k' and 'v' have {keys.HeadDim}; they must be the same.");
        if (queries.Batch == 0)
            throw Fault(file, $"'q' is {query.ShapeText}: there are no batch items; at least 1 is needed.");
        if (keys.Batch != queries.Batch && keys.Batch != 1)
            throw Fault(
                file, $"'q' has batch {queries.Batch} and 'k' and 'v' have {keys.Batch}; they must have as many, or 1 for all of 'q'.");
        if (queries.Heads == 0 || keys.Heads == 0)
            throw Fault(file, $"'q' has {queries.Heads} heads and 'k' and 'v' have {keys.Heads}; at least 1 is needed.");
        if (queries.Heads % keys.Heads != 0)
            throw Fault(
                file, $"'q' has {queries.Heads} heads and 'k' and 'v' have {keys.Heads}; the heads of 'q' must be a multiple of theirs.");
        if ((long)queries.Batch * queries.Heads > int.MaxValue)
            throw Fault(file, $"'q' is {query.ShapeText}; batch x heads must be below 2^31.");
        model = ModelCatalogue.Find(queries.HeadDim, elementType);
        return new(queries.Batch, queries.Heads, queries.Rows, keys.Rows, queries.HeadDim, keys.Heads);
    }

    private static AttentionMask MaskOf(SafetensorsFile file, SafetensorsTensor mask, in AttentionShape shape, bool hasHeads)
    {
        if (mask.Shape.Count is < 2 or > 4)
            throw Fault(file, $"'mask' is {mask.ShapeText}, of rank {mask.Shape.Count}; it must have rank 2, 3 or 4.");
        int[] full = [shape.Batch, shape.Heads, shape.Queries, shape.Keys];
        int[] axes = [1, 1, 1, 1];
        int missing = axes.Length - mask.Shape.Count;
        for (int source = 0; source < mask.Shape.Count; source++)
        {
            // Where tensors have no axis of heads, a mask of rank 3 has none either: it is [batch, queries, keys].
            int i = missing == 1 && !hasHeads && source == 0 ? 0 : source + missing;
            long axis = mask.Shape[source];
            if (axis != 1 && axis != full[i])
            {
                string target = $"{SafetensorsText.Shape([.. full.Select(size => (long)size)])} [batch, heads, queries, keys]";
                string padding = Invariant($"A padding mask of [batch, keys] is [{shape.Batch}, 1, 1, {shape.Keys}].");
                throw Fault(
                    file,
                    $"'mask' is {mask.ShapeText} and does not broadcast to {target}: each axis must be 1 or the full size. {padding}");
            }

            axes[i] = (int)axis;
        }

        return mask.Type switch
        {
            SafetensorsElementType.Bool => AttentionMask.Boolean(mask.AsSpan<bool>().ToArray(), axes[0], axes[1], axes[2], axes[3]),
            SafetensorsElementType.F32 or SafetensorsElementType.F16 or SafetensorsElementType.BF16 =>
                AttentionMask.Additive(mask.ToSingles(), axes[0], axes[1], axes[2], axes[3]),
            SafetensorsElementType.I64 =>
                AttentionMask.Boolean(ZerosAndOnes(file, mask, mask.AsSpan<long>()), axes[0], axes[1], axes[2], axes[3]),
            SafetensorsElementType.U8 =>
                AttentionMask.Boolean(ZerosAndOnes(file, mask, mask.AsSpan<byte>()), axes[0], axes[1], axes[2], axes[3]),
            _ => throw Fault(
                file, $"'mask' is {mask.Type.Name()}; it must be BOOL, I64 or U8 (1 = attend), or F32, F16 or BF16 (added to the scores)."),
        };
    }

    // As tokenizers give them.
    private static bool[] ZerosAndOnes<T>(SafetensorsFile file, SafetensorsTensor mask, ReadOnlySpan<T> elements)
        where T : INumber<T>
    {
        bool[] attend = new bool[elements.Length];
        for (int i = 0; i < attend.Length; i++)
        {
            attend[i] = elements[i] == T.One
                || (elements[i] != T.Zero
                    ? throw Fault(
                        file, $"'mask' is {mask.Type.Name()} and holds {elements[i]}; a mask of whole numbers holds 0 and 1 (attend).")
                    : false);
        }

        return attend;
    }

    private static float? ScaleOf(SafetensorsFile file)
    {
        if (!file.Metadata.TryGetValue("scale", out string? text))
            return null;
        // Parsed as a double and rounded once: the scale in a file usually has a double's digits.
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double scale) && float.IsFinite((float)scale))
            return (float)scale;
        throw Fault(file, $"the metadata has scale = {SafetensorsText.Quote(text)}, which is not a finite number.");
    }

    private static bool CausalOf(SafetensorsFile file)
    {
        if (!file.Metadata.TryGetValue("causal", out string? text))
            return false;
        return text.ToLowerInvariant() switch
        {
            "true" or "1" => true,
            "false" or "0" => false,
            _ => throw Fault(file, $"the metadata has causal = {SafetensorsText.Quote(text)}; it must be 'true' or 'false'."),
        };
    }

    private readonly record struct Axes(int Batch, int Heads, int Rows, int HeadDim)
    {
        public static Axes Of(SafetensorsTensor tensor, AttentionLayout layout) => (tensor.Shape.Count, layout) switch
        {
            (3, _) => new((int)tensor.Shape[0], 1, (int)tensor.Shape[1], (int)tensor.Shape[2]),
            (_, AttentionLayout.BatchRowsHeads) =>
                new((int)tensor.Shape[0], (int)tensor.Shape[2], (int)tensor.Shape[1], (int)tensor.Shape[3]),
            _ => new((int)tensor.Shape[0], (int)tensor.Shape[1], (int)tensor.Shape[2], (int)tensor.Shape[3]),
        };
    }

    private static InputException Fault(SafetensorsFile file, FormattableString fault) =>
        new($"{file.Path}: {Invariant(fault)}");
}
