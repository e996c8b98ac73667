using KernelGen.Cuda.Compilation;
using KernelGen.Kernels;

namespace KernelGen.RuntimeHost.Tests.Cuda;

/// <summary>Compiling for GPUs that are not there, with a compiler that only writes logs.</summary>
[TestClass]
public sealed class AdvanceCompilerTests
{
    private static readonly KernelSpecialization[] _both = [KernelSpecialization.None, KernelSpecialization.Masked];

    [TestMethod]
    public void Requests_AreWhatEachArchitectureRuns()
    {
        KernelVariant[] variants = [.. CudaTestAttention.Catalogue.Variants, .. Cpu.CpuTestAttention.Catalogue.Variants];
        foreach ((int capability, KernelTarget[] targets) in new[]
        {
            (75, new[] { KernelTarget.Simt }), (86, [KernelTarget.Simt, KernelTarget.Sm80]),
            (90, [KernelTarget.Simt, KernelTarget.Sm80, KernelTarget.Sm90a]), (120, [KernelTarget.Simt, KernelTarget.Sm80]),
        })
        {
            CompilationRequest[] requests = [.. AdvanceCompiler.Requests(variants, [new(capability)], [KernelSpecialization.None])];
            CollectionAssert.AreEquivalent(targets, requests.Select(request => request.Kernel.Variant.Target).Distinct().ToArray());
            Assert.IsTrue(requests.All(request =>
                request.ArchitectureName == (request.Kernel.Variant.Target == KernelTarget.Sm90a ? "sm_90a" : $"sm_{capability}")));
        }
    }

    [TestMethod]
    public void Requests_LeaveOutWhatDoesNotFit_AndWhatIsThereAlready()
    {
        KernelVariant large = TestVariants.OfTextAlone("large", "large", sharedBytes: 120 * 1024);
        KernelVariant plain = TestVariants.OfTextAlone("plain", "one"), same = TestVariants.OfTextAlone("same", "one");
        KernelVariant asking = TestVariants.AskingForMasks();
        IReadOnlyList<CompilationRequest> requests = AdvanceCompiler.Requests([large, plain, same, asking], [new(86), new(90)], _both);

        string[] expected =
        [
            "plain sm_86", "streaming-simt-asking sm_86", "streaming-simt-asking+masks sm_86",
            "large sm_90", "plain sm_90", "streaming-simt-asking sm_90", "streaming-simt-asking+masks sm_90",
        ];
        Assert.AreSequenceEqual(expected, requests.Select(request => $"{request.Kernel.Name} {request.ArchitectureName}"));
    }

    [TestMethod]
    public void Results_TellRegistersSpillsMemoryBlocksAndFindings_OfEachEntryPoint()
    {
        KernelVariant variant = TestVariants.With("two", stage => stage with { Threads = 256, SharedBytes = 40_000 });
        const string finding = "ptxas info    : (C7510) Potential Performance Loss: wgmma.mma_async instructions are serialized";
        LoggingCompiler logging = new() { More = _ => finding };
        IReadOnlyList<CompilationRequest> requests = AdvanceCompiler.Requests([variant], [new(86)], [KernelSpecialization.None]);
        KernelCompilation result = new AdvanceCompiler(logging).Compile(requests).Single();

        Assert.IsNull(result.Fault);
        Assert.AreEqual("two sm_86", System.Text.Encoding.UTF8.GetString(result.Image!.Bytes.Span));
        Assert.AreSequenceEqual(variant.Cuda!.Stages.Select(stage => stage.EntryPoint), result.Entries.Select(entry => entry.EntryPoint));
        CompiledEntry entry = result.Entries[0];
        Assert.AreEqual((256, 100, 40_512), (entry.Threads, entry.Registers, entry.SharedBytes));
        Assert.AreEqual((16, 8, 12), (entry.StackBytes, entry.SpillStoreBytes, entry.SpillLoadBytes));
        Assert.AreEqual(2, entry.BlocksPerMultiprocessor, "100 KiB of shared memory are two blocks of 40 and a reserve");
        Assert.AreSequenceEqual(new[] { "C7510" }, entry.Findings);
    }

    [TestMethod]
    public void Refusal_IsAResult_AndTheOthersAreCompiled()
    {
        LoggingCompiler logging = new() { Refuses = kernel => kernel.Variant.Id == "bad" };
        KernelVariant[] variants = [.. new[] { "good", "bad", "better" }.Select(id => TestVariants.OfTextAlone(id, id))];
        IReadOnlyList<CompilationRequest> requests = AdvanceCompiler.Requests(variants, [new(86)], _both);
        IReadOnlyList<KernelCompilation> results = new AdvanceCompiler(logging).Compile(requests);

        Assert.AreSequenceEqual(new[] { "good", "bad", "better" }, results.Select(result => result.Request.Kernel.Name));
        Assert.AreSequenceEqual(new[] { false, true, false }, results.Select(result => result.Fault is not null));
        Assert.AreEqual("error: no", results[1].Log);
        Assert.IsNull(results[1].Image);
    }

    [TestMethod]
    public void Progress_CountsEveryKernelOnce_AndTellsTheTimeThatIsLeft()
    {
        KernelVariant[] variants = [.. Enumerable.Range(0, 20).Select(i => TestVariants.OfTextAlone($"{i}", $"{i}"))];
        List<CompilationProgress> told = [];
        new AdvanceCompiler(new LoggingCompiler()).Compile(AdvanceCompiler.Requests(variants, [new(86)], _both), told.Add);

        Assert.AreSequenceEqual(Enumerable.Range(1, 20), told.Select(progress => progress.Done));
        Assert.AreEqual(20, told.Select(progress => progress.Latest.Request.Kernel.Name).Distinct().Count());
        Assert.AreEqual(TimeSpan.Zero, told[^1].Left);
        Assert.AreEqual(told[3].Elapsed * 4, told[3].Left);
    }

    [TestMethod]
    public void Cancelled_StopsBetweenKernels()
    {
        using CancellationTokenSource cancellation = new();
        KernelVariant[] variants = [.. Enumerable.Range(0, 200).Select(i => TestVariants.OfTextAlone($"{i}", $"{i}"))];
        LoggingCompiler logging = new();

        Assert.Throws<OperationCanceledException>(() => new AdvanceCompiler(logging)
            .Compile(AdvanceCompiler.Requests(variants, [new(86)], _both), _ => cancellation.Cancel(), cancellation.Token));
        Assert.IsLessThan(200, logging.Compiled.Count);
    }

    [TestMethod]
    public void ArchitectureThatTheCompilerDoesNotKnow_IsRefusedBeforeAnyWork()
    {
        LoggingCompiler logging = new();
        DeviceNotUsableException fault = Assert.ThrowsExactly<DeviceNotUsableException>(() => new AdvanceCompiler(logging)
            .Compile(AdvanceCompiler.Requests([TestVariants.OfTextAlone("a", "1")], [new(86), new(129)], _both)));

        Assert.Contains("logging 1.0 makes no machine code for compute capability 12.9", fault.Message);
        Assert.IsEmpty(logging.Compiled);
    }

    [TestMethod]
    public void ProcessorTime_IsThatOfTheThread()
    {
        TimeSpan begin = ThreadClock.Now;
        Thread.Sleep(60);
        TimeSpan slept = ThreadClock.Now - begin;
        SpinWait.SpinUntil(() => ThreadClock.Now - begin > slept + TimeSpan.FromMilliseconds(20));

        Assert.IsLessThan(TimeSpan.FromMilliseconds(50), slept);
    }
}
