using KernelGen.Generator.Model;

namespace KernelGen.Generator.Tests.Cuda;

/// <summary>Emitted kernels run on the CUDA emulator and agree with float64: no GPU needed, only g++.</summary>
[TestClass]
public sealed class CudaEmulatorTests
{
    [TestMethod]
    [ExecutableCondition("g++", IgnoreMessage = "g++ is not installed; it builds the CUDA emulator and the kernels for it.")]
    public void Emulator_PassesItsOwnTests() => Test();

    [TestMethod]
    [ExecutableCondition("g++", IgnoreMessage = "g++ is not installed; it builds the CUDA emulator and the kernels for it.")]
    public void EmittedKernels_AgreeWithFloat64OnTheEmulator()
    {
        using KernelFolder folder = new();
        KernelConfiguration[] variants =
        [
            SimtVariant.Of(KernelFamily.Streaming, ElementType.Float16, 40, 64),
            SimtVariant.Of(KernelFamily.Streaming, ElementType.Float32, 64, 64),
            SimtVariant.Of(KernelFamily.Streaming, ElementType.BFloat16, 72, 64),
            SimtVariant.Of(KernelFamily.Streaming, ElementType.Float16, 264, 64),
            SimtVariant.Of(KernelFamily.Materialized, ElementType.Float32, 8, 2048),
            SimtVariant.Of(KernelFamily.Materialized, ElementType.Float16, 80, 512),
            SimtVariant.Of(KernelFamily.Materialized, ElementType.BFloat16, 160, 20),
        ];
        AgreeWithFloat64(folder, SimtVariant.TestAll ? SimtVariant.All : variants);
    }

    [TestMethod]
    [ExecutableCondition("g++", IgnoreMessage = "g++ is not installed; it builds the CUDA emulator and the kernels for it.")]
    public void EmittedTensorCoreKernels_AgreeWithFloat64OnTheEmulator()
    {
        using KernelFolder folder = new();
        KernelConfiguration[] variants =
        [
            Sm80Variant.Streaming(ElementType.Float16, 40, 128),
            Sm80Variant.Streaming(ElementType.BFloat16, 96, 128),
            Sm80Variant.Streaming(ElementType.Float16, 264, 32),
            Sm80Variant.ShortKeys(ElementType.BFloat16, 80, 160),
            Sm80Variant.Materialized(ElementType.Float16, 72),
            Sm80Variant.Materialized(ElementType.Float16, 40, sliceRows: 512),
            Sm80Variant.Materialized(ElementType.BFloat16, 320),
        ];
        AgreeWithFloat64(folder, SimtVariant.TestAll ? Sm80Variant.All : variants);
    }

    [TestMethod]
    [ExecutableCondition("g++", IgnoreMessage = "g++ is not installed; it builds the CUDA emulator and the kernels for it.")]
    public void EmittedHopperKernels_AgreeWithFloat64OnTheEmulator()
    {
        using KernelFolder folder = new();
        KernelConfiguration[] variants =
        [
            Sm90aVariant.Streaming(ElementType.Float16, 40, 192),
            Sm90aVariant.Streaming(ElementType.BFloat16, 80, 128),
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
        AgreeWithFloat64(folder, SimtVariant.TestAll ? Sm90aVariant.All : variants);
    }

    private static void AgreeWithFloat64(KernelFolder folder, IEnumerable<KernelConfiguration> variants)
    {
        foreach (KernelConfiguration variant in variants)
            folder.Add(variant);
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
