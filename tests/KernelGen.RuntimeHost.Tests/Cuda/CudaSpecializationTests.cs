using KernelGen.Cuda;
using KernelGen.Cuda.Compilation;
using KernelGen.Execution;
using KernelGen.Kernels;
using KernelGen.Planning;
using KernelGen.RuntimeHost.Tests.Reference;
using KernelGen.RuntimeHost.Tests.Tuning;
using KernelGen.Tensors;

namespace KernelGen.RuntimeHost.Tests.Cuda;

/// <summary>General masks are a choice at compile time: a call with one runs a kernel of its own, and no other call does.</summary>
[TestClass]
[ResourceLock(CudaTest.Resource)]
[MemberCondition(typeof(CudaTest), nameof(CudaTest.HasDevice), IgnoreMessage = CudaTest.NoDevice)]
public sealed class CudaSpecializationTests
{
    private static readonly AttentionShape _shape = new(1, 1, 20, 30, 40);

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public void Macro_IsDefined_ExactlyForMaskedKernels()
    {
        using CudaDevice device = CudaTest.Open(options: new() { Cache = new(null, 0) });

        // The headers see it, too: they come after it.
        KernelVariant withoutMasks = Text("without", "#if KERNELGEN_GENERAL_MASKS\n#error has masks\n#endif");
        KernelVariant withMasks = Text("with", "#if KERNELGEN_GENERAL_MASKS != 1\n#error has no masks\n#endif");
        device.Inspect(withoutMasks);
        device.Inspect(withMasks, KernelSpecialization.Masked);
        Refused(withMasks, KernelSpecialization.None, "with", "has no masks");
        Refused(withoutMasks, KernelSpecialization.Masked, "without+masks", "has masks");

        void Refused(KernelVariant variant, KernelSpecialization specialization, string name, string reason)
        {
            KernelCompilationException fault =
                Assert.ThrowsExactly<KernelCompilationException>(() => device.Inspect(variant, specialization));
            Assert.AreEqual(name, fault.Kernel);
            Assert.Contains(reason, fault.Log);
        }
    }

    [TestMethod]
    public void MaskedCall_CompilesAKernelOfItsOwn_OnceAndOnlyThen()
    {
        CountingCompiler compiler = new(CudaCompilationTests.Nvrtc());
        ListLogger logger = new();
        CubinCacheOptions cache = new(TestContext.TestTempDirectory, 1 << 30);
        using CudaDevice device = CudaTest.Open(options: new() { Compiler = compiler, Cache = cache, Logger = logger });
        using AttentionHost host = CudaTest.Host(device);
        AttentionCall plain = AttentionCall.Random(_shape, ElementType.Float32);
        AttentionCall causal = plain with { Options = plain.Options with { Causal = true } };
        AttentionMask mask = AttentionMask.Boolean(new bool[30 * 20], 1, 1, 20, 30);
        AttentionCall masked = plain with { Options = plain.Options with { Mask = mask } };

        KernelVariant variant = TestVariants.AskingForMasks();
        KernelCatalogue catalogue = new("Asking", variant);
        plain.Run(host, catalogue, ElementType.Float32, out _);
        causal.Run(host, catalogue, ElementType.Float32, out _);
        Assert.AreSequenceEqual(new[] { new SpecializedKernel(variant) }, compiler.Compiled);

        for (int i = 0; i < 2; i++)
            Assert.IsTrue(Array.TrueForAll(masked.Run(host, catalogue, ElementType.Float32, out _), value => value == 0));
        Assert.AreSequenceEqual(new[] { new SpecializedKernel(variant), new(variant, KernelSpecialization.Masked) }, compiler.Compiled);
        string log = string.Join('\n', logger.Entries.Select(entry => entry.Text));
        Assert.Contains($"Compiled {variant.Id}+masks for {device.Architecture}", log);
        Assert.HasCount(2, Directory.GetFiles(TestContext.TestTempDirectory!, "*.kgc", SearchOption.AllDirectories));
        Assert.IsTrue(device.Inspect(variant, KernelSpecialization.Masked).Specialization.GeneralMasks);
    }

    [TestMethod]
    [DataRow(200, DisplayName = "self-attention")]
    [DataRow(77, DisplayName = "cross-attention to 77 keys, which has kernels of its own")]
    public void FirstCall_CompilesTheKernelThatItRuns_AndNothingElse(int keys)
    {
        CountingCompiler compiler = new(CudaCompilationTests.Nvrtc());
        using CudaDevice device = CudaTest.Open(options: new() { Compiler = compiler, Cache = new(null, 0) });
        AttentionCall call = AttentionCall.Random(new(1, 1, 200, keys, 40), ElementType.Float16);
        call.Run(CudaTest.Host(device), CudaTestAttention.Catalogue, ElementType.Float16, out RunReport report);

        Assert.AreSequenceEqual(new[] { new SpecializedKernel(report.Plan.Variant) }, compiler.Compiled);
    }

    [TestMethod]
    public void Warmup_IsForCallsWithoutAMask_UnlessItSaysOtherwise()
    {
        CountingCompiler compiler = new(CudaCompilationTests.Nvrtc());
        using CudaDevice device = CudaTest.Open(options: new() { Compiler = compiler, Cache = new(null, 0) });
        using AttentionHost host = CudaTest.Host(device);
        KernelVariant variant = TestVariants.AskingForMasks();

        device.Warmup([variant]);
        Assert.AreSequenceEqual(new[] { new SpecializedKernel(variant) }, compiler.Compiled);
        device.Warmup([new SpecializedKernel(variant, KernelSpecialization.Masked)]);
        Assert.HasCount(2, compiler.Compiled);
        SlicePlan plan = host.Warmup<float>(new("One", variant), _shape, new() { Masked = true }).Plan;
        Assert.HasCount(2, compiler.Compiled);
        Assert.AreEqual(variant.Id + "+masks", plan.Kernel.Name);
    }

    [TestMethod]
    public void TextThatDoesNotAsk_IsOneKernel_ForCallsOfEitherKind()
    {
        KernelVariant plain = TestVariants.OfTextAlone("plain", "text"), asking = TestVariants.AskingForMasks();
        KernelVariant cpu = Cpu.CpuTestAttention.Catalogue.Variants[0];

        Assert.AreEqual(new(plain), plain.Specialize(KernelSpecialization.Masked));
        Assert.AreEqual(new(cpu), cpu.Specialize(KernelSpecialization.Masked));
        Assert.AreEqual(new(asking), asking.Specialize(KernelSpecialization.None));
        Assert.AreEqual(new(asking, KernelSpecialization.Masked), asking.Specialize(KernelSpecialization.Masked));
    }

    private static KernelVariant Text(string id, string text) =>
        TestVariants.OfText(id, text + "\n#include \"kernelgen_primitives.cuh\"\nextern \"C\" __global__ void entry()\n{\n}\n");
}
