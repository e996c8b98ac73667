using System.Globalization;
using KernelGen.Tensors;

namespace KernelGen.Lab.CpuPeers;

/// <summary>The calls that are compared with other libraries.</summary>
internal static class ComparedShapes
{
    /// <summary>The notation of one that has no name.</summary>
    public const string Form = "B,H[/KV],Lq,Lk,D[,causal|boolean|additive|padding]";

    /// <summary>All that have a name, short ones first.</summary>
    public static IReadOnlyList<ComparedShape> All { get; } =
    [
        new("decode", new(1, 32, 1, 4096, 128)),
        new("decode-gqa", new(1, 32, 1, 4096, 128, 8)),
        new("window", new(64, 4, 64, 64, 32)),
        new("bert", new(8, 12, 128, 128, 64)),
        new("bert-padding", new(8, 12, 128, 128, 64), Mask: MaskForm.Padding),
        new("vit", new(4, 16, 257, 257, 80)),
        new("sd15-256", new(2, 8, 256, 256, 160)),
        new("sd15-cross", new(2, 8, 4096, 77, 40)),
        new("sd15-1024", new(2, 8, 1024, 1024, 80)),
        new("sd15-1024-boolean", new(2, 8, 1024, 1024, 80), Mask: MaskForm.Boolean),
        new("sd15-1024-additive", new(2, 8, 1024, 1024, 80), Mask: MaskForm.Additive),
        new("sdxl-1024", new(2, 20, 1024, 1024, 64)),
        new("prefill", new(1, 32, 1024, 1024, 128), Causal: true),
        new("prefill-gqa", new(1, 32, 1024, 1024, 128, 8), Causal: true),
        new("flux", new(1, 24, 1536, 1536, 128)),
        new("vae", new(1, 1, 4096, 4096, 512)),
        new("sd15-4096", new(2, 8, 4096, 4096, 40)),
        new("sdxl-4096", new(2, 10, 4096, 4096, 64)),
    ];

    /// <summary>Reads what was given to <c>--shapes</c>.</summary>
    /// <param name="text">Names separated by commas, or one shape by its numbers.</param>
    /// <exception cref="InputException">It is neither.</exception>
    public static IReadOnlyList<ComparedShape> Parse(string text)
    {
        string[] parts = text.Split(',', StringSplitOptions.TrimEntries);
        if (parts[0].Length > 0 && char.IsAsciiDigit(parts[0][0]))
            return [FromNumbers(text, parts)];

        return [.. parts.Select(name => All.FirstOrDefault(shape => shape.Name == name) ?? throw new InputException(
            $"There is no shape '{name}'; there are {string.Join(", ", All.Select(shape => shape.Name))}, or {Form} such as "
                + "1,32/8,1,4096,128."))];
    }

    private static ComparedShape FromNumbers(string text, string[] parts)
    {
        if (parts.Length is not (5 or 6))
            throw NotAShape(text);

        string[] heads = parts[1].Split('/');
        MaskForm mask = MaskForm.None;
        bool causal = parts.Length == 6 && parts[5] == "causal";
        if (parts.Length == 6 && !causal)
        {
            mask = parts[5] switch
            {
                "boolean" => MaskForm.Boolean,
                "additive" => MaskForm.Additive,
                "padding" => MaskForm.Padding,
                _ => throw NotAShape(text),
            };
        }

        int keyValueHeads = heads.Length switch { 1 => 0, 2 => Number(heads[1]), _ => throw NotAShape(text) };
        try
        {
            AttentionShape shape =
                new(Number(parts[0]), Number(heads[0]), Number(parts[2]), Number(parts[3]), Number(parts[4]), keyValueHeads);
            return shape.Queries > 0 && shape.Keys > 0 ? new(text, shape, causal, mask) : throw NotAShape(text);
        }
        catch (ArgumentException fault)
        {
            throw new InputException($"'{text}' is no shape: {InputException.TextOf(fault)}");
        }

        int Number(string part) => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : throw NotAShape(text);
    }

    private static InputException NotAShape(string text) =>
        new($"'{text}' is no shape; write {Form} in whole numbers from 1, such as 1,32/8,1,4096,128 or 2,8,1024,1024,80,boolean.");
}
