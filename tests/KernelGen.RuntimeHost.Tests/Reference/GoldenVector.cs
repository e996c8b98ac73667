using System.Globalization;
using KernelGen.Reference.Safetensors;
using KernelGen.Tensors;

namespace KernelGen.RuntimeHost.Tests.Reference;

/// <summary>A committed vector: a call and what float64 gives for it, from a program that shares nothing with this one.</summary>
/// <param name="Name">The file's name.</param>
/// <param name="Call">The call.</param>
/// <param name="ElementType">Its element type.</param>
/// <param name="Expected">The output, rounded to fp32.</param>
internal sealed record GoldenVector(string Name, AttentionCall Call, ElementType ElementType, double[] Expected)
{
    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Golden");

    public static IEnumerable<string> Names =>
        Directory.GetFiles(Folder, "*.safetensors").Select(path => Path.GetFileNameWithoutExtension(path)!).Order(StringComparer.Ordinal);

    public static GoldenVector Read(string name)
    {
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(Folder, name + ".safetensors"));
        SafetensorsTensor query = file.Tensors["q"], key = file.Tensors["k"];
        int[] queryAxes = AxesOf(query), keyAxes = AxesOf(key);
        AttentionCall call = new(new(queryAxes[0], queryAxes[1], queryAxes[2], keyAxes[2], queryAxes[3], keyAxes[1]))
        {
            Query = query.ToSingles(),
            Key = key.ToSingles(),
            Value = file.Tensors["v"].ToSingles(),
            Options = new()
            {
                Scale = file.Metadata.TryGetValue("scale", out string? scale) ? float.Parse(scale, CultureInfo.InvariantCulture) : null,
                Causal = file.Metadata.TryGetValue("causal", out string? causal) && causal == "true",
                Mask = file.Tensors.TryGetValue("mask", out SafetensorsTensor? mask) ? Mask(mask) : null,
            },
        };
        return new(name, call, query.Type.ToAttention()!.Value, Array.ConvertAll(file.Tensors["expected"].ToSingles(), x => (double)x));
    }

    private static AttentionMask Mask(SafetensorsTensor mask)
    {
        int[] axes = AxesOf(mask);
        return mask.Type == SafetensorsElementType.Bool
            ? AttentionMask.Boolean(mask.AsSpan<bool>().ToArray(), axes[0], axes[1], axes[2], axes[3])
            : AttentionMask.Additive(mask.ToSingles(), axes[0], axes[1], axes[2], axes[3]);
    }

    private static int[] AxesOf(SafetensorsTensor tensor) => [.. tensor.Shape.Select(axis => (int)axis)];
}
