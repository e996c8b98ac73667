using System.Collections.Immutable;
using KernelGen.Generator.Model;

namespace KernelGen.Generator.Tests.Cuda;

/// <summary>Emitted kernels run on the CUDA emulator and agree with float64: no GPU needed, only g++.</summary>
[TestClass]
public sealed class CudaEmulatorTests
{
    private static readonly ImmutableArray<KernelConfiguration> _variants =
        SimtVariant.TestAll ? [.. SimtVariant.All, .. Sm80Variant.All, .. Sm90aVariant.All] :
    [
        SimtVariant.Of(KernelFamily.Streaming, ElementType.Float16, 40, 64),
        SimtVariant.Of(KernelFamily.Streaming, ElementType.Float32, 64, 64),
        SimtVariant.Of(KernelFamily.Streaming, ElementType.BFloat16, 72, 64),
        SimtVariant.Of(KernelFamily.Streaming, ElementType.Float16, 264, 64),
        SimtVariant.Of(KernelFamily.Materialized, ElementType.Float32, 8, 2048),
        SimtVariant.Of(KernelFamily.Materialized, ElementType.Float16, 80, 512),
        SimtVariant.Of(KernelFamily.Materialized, ElementType.BFloat16, 160, 20),
        Sm80Variant.Streaming(ElementType.Float16, 40, 128),
        Sm80Variant.Streaming(ElementType.BFloat16, 96, 128),
        Sm80Variant.Streaming(ElementType.BFloat16, 96, 128, warps: 8),
        Sm80Variant.Streaming(ElementType.Float16, 264, 32),
        Sm80Variant.ShortKeys(ElementType.BFloat16, 80, 160),
        Sm80Variant.Materialized(ElementType.Float16, 72),
        Sm80Variant.Materialized(ElementType.Float16, 40, sliceRows: 512),
        Sm80Variant.Materialized(ElementType.BFloat16, 320),
        Sm90aVariant.Streaming(ElementType.Float16, 40, 192),
        Sm90aVariant.Streaming(ElementType.BFloat16, 80, 128),
        Sm90aVariant.Streaming(ElementType.BFloat16, 128, 256),
        Sm90aVariant.Streaming(ElementType.Float16, 256, 128),
        Sm90aVariant.Streaming(ElementType.Float16, 264, 64),
        Sm90aVariant.Streaming(ElementType.BFloat16, 512, 64),
        Sm90aVariant.Streaming(ElementType.Float32, 40, 128),
        Sm90aVariant.Streaming(ElementType.Float32, 200, 64),
        Sm90aVariant.ShortKeys(ElementType.Float16, 40, 80, 512),
        Sm90aVariant.ShortKeys(ElementType.BFloat16, 80, 160, 128),
        Sm90aVariant.ShortKeys(ElementType.BFloat16, 264, 80, 64),
        Sm90aVariant.Materialized(ElementType.Float16, 64),
        Sm90aVariant.Materialized(ElementType.BFloat16, 512),
    ];

    /// <summary>A few of each target, or all with <c>KERNELGEN_TEST_ALL_CUDA</c>; a test each, so that they run side by side.</summary>
    public static IEnumerable<object[]> Kernels => _variants.Select(static variant => new object[] { variant.Id });

    [TestMethod]
    [ExecutableCondition("g++", IgnoreMessage = "g++ is not installed; it builds the CUDA emulator and the kernels for it.")]
    public void Emulator_PassesItsOwnTests() => Test();

    [TestMethod]
    [ExecutableCondition("g++", IgnoreMessage = "g++ is not installed; it builds the CUDA emulator and the kernels for it.")]
    [DynamicData(nameof(Kernels))]
    public void EmittedKernel_AgreesWithFloat64OnTheEmulator(string id)
    {
        using KernelFolder folder = new();
        folder.Add(_variants.Single(variant => variant.Id == id));
        folder.WriteManifest();
        Test(folder.Path);
    }

    private static void Test(params string[] attention)
    {
        (int exitCode, string output, string error) =
            Tool.Run(Path.Combine(Repository.Root, "tests/CudaEmulator/build.sh"), ["--test", .. attention]);

        Assert.AreEqual(0, exitCode, output + error);
    }
}
