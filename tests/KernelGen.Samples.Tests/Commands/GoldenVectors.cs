using KernelGen.Reference.Safetensors;
using KernelGen.Tensors;

namespace KernelGen.Samples.Tests.Commands;

/// <summary>The committed golden vectors and the errors that outputs may have against them.</summary>
internal static class GoldenVectors
{
    public static IEnumerable<string> Paths => Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Golden"), "*.safetensors").Order(StringComparer.Ordinal);

    /// <summary>The relative Frobenius error of <c>out</c> in a result against <c>expected</c> in a vector.</summary>
    public static double Error(string goldenPath, string resultPath)
    {
        using SafetensorsFile golden = SafetensorsFile.Open(goldenPath);
        using SafetensorsFile result = SafetensorsFile.Open(resultPath);
        SafetensorsTensor output = result.Tensors["out"];
        Assert.AreEqual(golden.Tensors["q"].Type, output.Type);
        Assert.AreSequenceEqual(golden.Tensors["q"].Shape, output.Shape);
        return Error(golden.Tensors["expected"].AsSpan<float>(), Singles(output));
    }

    public static double Bound(string goldenPath)
    {
        using SafetensorsFile golden = SafetensorsFile.Open(goldenPath);
        double bound = golden.Tensors["q"].Type switch
        {
            SafetensorsElementType.F16 => 4e-4,
            SafetensorsElementType.BF16 => 3e-3,
            _ => 2e-6,
        };
        return Path.GetFileName(goldenPath).StartsWith("large_logits", StringComparison.Ordinal) ? 50 * bound : bound;
    }

    public static float[] Singles(SafetensorsTensor tensor) => tensor.Type switch
    {
        SafetensorsElementType.F16 => Array.ConvertAll(tensor.AsSpan<Half>().ToArray(), half => (float)half),
        SafetensorsElementType.BF16 => Array.ConvertAll(tensor.AsSpan<BFloat16>().ToArray(), bfloat => (float)bfloat),
        _ => tensor.AsSpan<float>().ToArray(),
    };

    public static double Error(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            difference += Math.Pow((double)actual[i] - expected[i], 2);
            norm += Math.Pow(expected[i], 2);
        }

        return Math.Sqrt(difference / norm);
    }
}
