using System.Text.Json;
using KernelGen.Kernels;
using KernelGen.Tensors;

namespace KernelGen.Lab.GpuBench;

/// <summary>
/// The shapes that are compared with other libraries, as the file <c>shapes.json</c> lists them, which the scripts that time those
/// libraries read, too.
/// </summary>
internal static class PeerShapes
{
    private const string Resource = "peer-shapes.json";

    /// <summary>The list that this application was built with.</summary>
    public static CudaBenchShape[] BuiltIn()
    {
        using Stream stream = typeof(PeerShapes).Assembly.GetManifestResourceStream(Resource)!;
        return Read(stream, Resource);
    }

    /// <summary>Another list.</summary>
    /// <param name="path">A file like <c>shapes.json</c>.</param>
    /// <exception cref="InputException">It cannot be read, or is no such list.</exception>
    public static CudaBenchShape[] FromFile(string path)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            return Read(stream, path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"The shapes cannot be read: {fault.Message}");
        }
    }

    private static CudaBenchShape[] Read(Stream stream, string name)
    {
        PeerShapesJson? file;
        try
        {
            file = JsonSerializer.Deserialize(stream, GpuBenchJson.Default.PeerShapesJson);
        }
        catch (JsonException fault)
        {
            throw new InputException($"{name} is no list of shapes: {fault.Message}");
        }

        return file?.Shapes is { Length: > 0 } shapes
            ? [.. shapes.Select(shape => Convert(shape, name))]
            : throw new InputException($"{name} has no shapes; write "
                + "{{\"shapes\": [{{\"name\": ..., \"head_dim\": 40, \"dtype\": \"f16\", \"batch\": 2, ...}}]}}.");
    }

    private static CudaBenchShape Convert(PeerShapeJson shape, string file)
    {
        ElementType elementType = shape.Dtype switch
        {
            "f16" => ElementType.Float16,
            "bf16" => ElementType.BFloat16,
            "f32" => ElementType.Float32,
            _ => throw new InputException($"{file}: the dtype of '{shape.Name}' is '{shape.Dtype}'; it must be 'f16', 'bf16' or 'f32'."),
        };
        KernelFamily? family = shape.Family switch
        {
            null => null,
            "streaming" => KernelFamily.Streaming,
            "materialized" => KernelFamily.Materialized,
            _ => throw new InputException(
                $"{file}: the family of '{shape.Name}' is '{shape.Family}'; it must be 'streaming' or 'materialized', or be left out."),
        };
        try
        {
            return new(shape.Name, new(shape.Batch, shape.Heads, shape.Queries, shape.Keys, shape.HeadDim), elementType, shape.Causal,
                family);
        }
        catch (ArgumentException fault)
        {
            throw new InputException(Invariant($"{file}: '{shape.Name}' is no shape: {InputException.TextOf(fault)}"));
        }
    }
}
