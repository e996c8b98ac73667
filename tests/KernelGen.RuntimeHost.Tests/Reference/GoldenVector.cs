using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
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
        byte[] file = File.ReadAllBytes(Path.Combine(Folder, name + ".safetensors"));
        int headerBytes = (int)BinaryPrimitives.ReadUInt64LittleEndian(file);
        JsonElement header = JsonDocument.Parse(file.AsMemory(8, headerBytes)).RootElement;
        JsonElement query = header.GetProperty("q");
        int[] queryShape = ShapeOf(query);
        int[] keyShape = ShapeOf(header.GetProperty("k"));
        AttentionShape shape = new(queryShape[0], queryShape[1], queryShape[2], keyShape[2], queryShape[3], keyShape[1]);
        JsonElement metadata = header.GetProperty("__metadata__");
        AttentionCall call = new(shape)
        {
            Query = Floats("q"),
            Key = Floats("k"),
            Value = Floats("v"),
            Options = new()
            {
                Scale = metadata.TryGetProperty("scale", out JsonElement scale) ? float.Parse(scale.GetString()!, System.Globalization.CultureInfo.InvariantCulture) : null,
                Causal = metadata.TryGetProperty("causal", out JsonElement causal) && causal.GetString() == "true",
                Mask = header.TryGetProperty("mask", out JsonElement mask) ? Mask(mask) : null,
            },
        };
        ElementType elementType = query.GetProperty("dtype").GetString() switch
        {
            "F16" => ElementType.Float16,
            "BF16" => ElementType.BFloat16,
            _ => ElementType.Float32,
        };
        return new(name, call, elementType, Array.ConvertAll(Floats("expected"), x => (double)x));

        ReadOnlySpan<byte> Data(JsonElement tensor)
        {
            JsonElement offsets = tensor.GetProperty("data_offsets");
            return file.AsSpan((8 + headerBytes + offsets[0].GetInt32())..(8 + headerBytes + offsets[1].GetInt32()));
        }

        float[] Floats(string tensorName)
        {
            JsonElement tensor = header.GetProperty(tensorName);
            ReadOnlySpan<byte> data = Data(tensor);
            return tensor.GetProperty("dtype").GetString() switch
            {
                "F16" => Array.ConvertAll(MemoryMarshal.Cast<byte, Half>(data).ToArray(), x => (float)x),
                "BF16" => Array.ConvertAll(MemoryMarshal.Cast<byte, BFloat16>(data).ToArray(), x => (float)x),
                _ => MemoryMarshal.Cast<byte, float>(data).ToArray(),
            };
        }

        AttentionMask Mask(JsonElement tensor)
        {
            int[] axes = ShapeOf(tensor);
            return tensor.GetProperty("dtype").GetString() == "BOOL"
                ? AttentionMask.Boolean(MemoryMarshal.Cast<byte, bool>(Data(tensor)).ToArray(), axes[0], axes[1], axes[2], axes[3])
                : AttentionMask.Additive(Floats("mask"), axes[0], axes[1], axes[2], axes[3]);
        }
    }

    private static int[] ShapeOf(JsonElement tensor) => [.. tensor.GetProperty("shape").EnumerateArray().Select(axis => axis.GetInt32())];
}
