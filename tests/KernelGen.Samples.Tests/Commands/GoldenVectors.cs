using KernelGen.Reference;
using KernelGen.Reference.Safetensors;

namespace KernelGen.Samples.Tests.Commands;

/// <summary>The committed golden vectors and the errors that outputs may have against them.</summary>
internal static class GoldenVectors
{
    public static IEnumerable<string> Paths =>
        Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Golden"), "*.safetensors").Order(StringComparer.Ordinal);

    /// <summary>The relative Frobenius error of <c>out</c> in a result against <c>expected</c> in a vector.</summary>
    public static double Error(string goldenPath, string resultPath)
    {
        using SafetensorsFile golden = SafetensorsFile.Open(goldenPath);
        using SafetensorsFile result = SafetensorsFile.Open(resultPath);
        SafetensorsTensor output = result.Tensors["out"];
        Assert.AreEqual(golden.Tensors["q"].Type, output.Type);
        Assert.AreSequenceEqual(golden.Tensors["q"].Shape, output.Shape);
        return RelativeError.Of(Array.ConvertAll(golden.Tensors["expected"].ToSingles(), single => (double)single), output.ToSingles());
    }

    public static double Bound(string goldenPath)
    {
        using SafetensorsFile golden = SafetensorsFile.Open(goldenPath);
        double bound = SampledCheck.BoundFor(golden.Tensors["q"].Type.ToAttention()!.Value);
        return Path.GetFileName(goldenPath).StartsWith("large_logits", StringComparison.Ordinal) ? 50 * bound : bound;
    }
}
