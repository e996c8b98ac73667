using KernelGen.Cpu;
using KernelGen.Kernels;
using KernelGen.Planning;
using KernelGen.RuntimeHost.Tests.Cpu;
using KernelGen.RuntimeHost.Tests.Planning;
using KernelGen.Tensors;
using KernelGen.Tuning;
using Microsoft.Extensions.Logging;

namespace KernelGen.RuntimeHost.Tests.Tuning;

/// <summary>What is timed, what is taken, and what is remembered, on a device whose clock the test sets.</summary>
[TestClass]
public sealed class WarmupTests
{
    private static readonly AttentionShape _shape = new(2, 8, 4096, 4096, 64);

    private static readonly KernelVariant[] _variants =
    [
        Variant(KernelTarget.Simt, 64), Variant(KernelTarget.Sm80, 64), Variant(KernelTarget.Sm80, 128),
        Variant(KernelTarget.Sm90a, 64), Variant(KernelTarget.Sm90a, 128), Variant(KernelTarget.Sm90a, 192),
    ];

    private static readonly KernelCatalogue _catalogue = new("Test", _variants);

    public TestContext TestContext { get; set; } = null!;

    private string CacheFolder => Path.Combine(TestContext.TestTempDirectory!, "cache");

    private string FilePath => Path.Combine(CacheFolder, MeasurementFile.FileName);

    [TestMethod]
    public void WithoutTuning_ThePredictedKernelIsCompiled_AndNothingTimed()
    {
        ClockedDevice device = new(CacheFolder, _ => 1);
        WarmupReport report = Host(device).Warmup<Half>(_catalogue, _shape);

        Assert.IsEmpty(report.Timings);
        Assert.IsNull(report.NotTuned);
        Assert.IsFalse(report.Plan.TimeIsMeasured);
        CollectionAssert.AreEqual(new[] { new SpecializedKernel(report.Plan.Variant) }, device.Compiled);
        Assert.IsEmpty(device.Timed);
        Assert.IsFalse(File.Exists(FilePath));
    }

    [TestMethod]
    public void LoadedKernels_ThatShareAMultiprocessorWithMore_ChangeThePlan_OnceAndForAll()
    {
        // Alone on its multiprocessor a block of four warps is slow: by its launch bounds the second variant is, as it was compiled it is
        // not.
        KernelVariant known = PlanningSetup.Tensor(KernelTarget.Sm80, 64, stages: new CudaStage("known", 128, 90 * 1024, 64));
        KernelVariant surprising = PlanningSetup.Tensor(KernelTarget.Sm80, 128, stages: new CudaStage("surprising", 128, 150 * 1024, 128));
        KernelCatalogue catalogue = new("Test", [known, surprising]);
        ClockedDevice device = new(folder: null, _ => 1)
        {
            Profile = PlanningSetup.Gpu(132) with
            {
                TensorFlopsPerSecond = 500e12,
                Multiprocessor = MultiprocessorLimits.ForComputeCapability(90),
                Costs = new() { Sm80EfficiencyOf64Rows = 0.9 },
            },
            Loaded = variant => variant == surprising ? 2 : null,
        };
        using AttentionHost host = Host(device);

        Assert.AreSame(known, host.Plan<Half>(catalogue, _shape).Variant, "two blocks against one");
        Assert.AreSame(known, host.Warmup<Half>(catalogue, _shape).Plan.Variant, "the other is not loaded");

        device.Warmup([new(surprising)], progress: null, CancellationToken.None);
        Assert.AreSame(
            known, host.Plan<Half>(catalogue, _shape).Variant, "plans change where somebody asks for it, not because a kernel was loaded");

        SlicePlan plan = host.Warmup<Half>(catalogue, _shape).Plan;
        Assert.AreSame(surprising, plan.Variant);
        Assert.Contains("runs 2 blocks of 4 warps at once, as it was compiled", Unwrapped(plan.Explain()));
        Assert.AreSame(surprising, host.Plan<Half>(catalogue, _shape).Variant);
    }

    [TestMethod]
    public void CallWithAMask_GetsTheKernelWithTheCodeForMasksReady()
    {
        ClockedDevice device = new(CacheFolder, _ => 1);
        WarmupReport report = Host(device).Warmup<Half>(_catalogue, _shape, new() { Masked = true });

        CollectionAssert.AreEqual(new[] { new SpecializedKernel(report.Plan.Variant, KernelSpecialization.Masked) }, device.Compiled);
    }

    [TestMethod]
    public void Tuning_TakesTheFastest_WhateverWasPredicted()
    {
        ClockedDevice device = new(CacheFolder, variant => variant == _variants[2] ? 1e-3 : 2e-3);
        using AttentionHost host = Host(device);
        KernelVariant predicted = host.Plan<Half>(_catalogue, _shape).Variant;
        WarmupReport report = host.Warmup<Half>(_catalogue, _shape, tune: true);

        Assert.AreEqual(KernelTarget.Sm90a, predicted.Target);
        Assert.AreSame(_variants[2], report.Plan.Variant);
        Assert.AreSame(_variants[2], report.Timings[0].Variant);
        Assert.AreEqual(1e-3, report.Timings[0].Measured!.Value.TotalSeconds, 1e-9);
        Assert.IsTrue(report.Plan.TimeIsMeasured);
        Assert.AreEqual(1e-3, report.Plan.PredictedSeconds, 1e-9);
        Assert.AreSame(report.Plan, host.Plan<Half>(_catalogue, _shape));
        Assert.Contains(new SpecializedKernel(_variants[2]), device.Compiled);
    }

    [TestMethod]
    public void VariantsThatArePredictedFarSlower_AreNotTimed_AndDoNotGainByIt()
    {
        // Without tensor cores a kernel is predicted to take some eight times as long.
        ClockedDevice device = new(CacheFolder, _ => 1);
        WarmupReport report = Host(device).Warmup<Half>(_catalogue, _shape, tune: true);

        Assert.DoesNotContain(_variants[0], device.Timed.Select(timed => timed.Variant));
        Assert.AreNotSame(_variants[0], report.Plan.Variant);
        Assert.Contains("the others are predicted", Unwrapped(report.Plan.Explain()));
    }

    [TestMethod]
    public void ManyVariantsOfOneTarget_LeaveRoomForTheOthers()
    {
        KernelVariant[] variants =
            [.. Enumerable.Range(1, 20).Select(rows => Variant(KernelTarget.Sm90a, 8 * rows)), Variant(KernelTarget.Sm80, 128)];
        ClockedDevice device = new(CacheFolder, variant => variant.Target == KernelTarget.Sm80 ? 1e-3 : 2e-3);
        WarmupReport report = Host(device).Warmup<Half>(new KernelCatalogue("Many", variants), _shape, tune: true);

        Assert.AreSame(variants[^1], report.Plan.Variant);
        Assert.HasCount(4, report.Timings);
    }

    [TestMethod]
    public void Explain_SaysMeasured_InsteadOfPredicted()
    {
        using AttentionHost host = Host(new(CacheFolder, variant => variant == _variants[1] ? 1e-3 : 2e-3));
        string before = host.Plan<Half>(_catalogue, _shape).Explain();
        string after = host.Warmup<Half>(_catalogue, _shape, tune: true).Plan.Explain();

        Assert.Contains("predicted  why", before);
        Assert.DoesNotContain("measured", before);
        Assert.Contains("Times:    measured on this device for 5 kernels", after);
        Assert.Contains("taken: fastest measured that fits", after);
        Assert.Contains("measured, slower", after);
        Assert.DoesNotContain("predicted  why", after);
    }

    [TestMethod]
    public void OtherProcesses_Remember()
    {
        Host(new(CacheFolder, variant => variant == _variants[1] ? 1e-3 : 2e-3)).Warmup<Half>(_catalogue, _shape, tune: true);
        ClockedDevice second = new(CacheFolder, _ => throw new NotSupportedException());
        SlicePlan plan = Host(second).Plan<Half>(_catalogue, _shape);

        Assert.AreSame(_variants[1], plan.Variant);
        Assert.IsTrue(plan.TimeIsMeasured);
        Assert.AreEqual(1e-3, plan.PredictedSeconds, 1e-9);
    }

    [TestMethod]
    public void MeasurementsOfOtherCode_OfAnotherGpu_OrThatAreNotWanted_AreNotUsed()
    {
        Host(new(CacheFolder, variant => variant == _variants[1] ? 1e-3 : 2e-3)).Warmup<Half>(_catalogue, _shape, tune: true);
        ClockedDevice otherCode = new(CacheFolder, _ => 1) { CodeVersion = "2" };
        ClockedDevice otherGpu = new(CacheFolder, _ => 1) { Identity = "Another GPU" };
        using AttentionHost unwilling = new(new ClockedDevice(CacheFolder, _ => 1), "test", new() { UseMeasurements = false });

        Assert.IsFalse(Host(otherCode).Plan<Half>(_catalogue, _shape).TimeIsMeasured);
        Assert.IsFalse(Host(otherGpu).Plan<Half>(_catalogue, _shape).TimeIsMeasured);
        Assert.IsFalse(unwilling.Plan<Half>(_catalogue, _shape).TimeIsMeasured);
    }

    [TestMethod]
    public void TwoGpus_ShareAFile()
    {
        Host(new(CacheFolder, variant => variant == _variants[1] ? 1e-3 : 2e-3)).Warmup<Half>(_catalogue, _shape, tune: true);
        Host(new(CacheFolder, variant => variant == _variants[4] ? 1e-3 : 2e-3) { Identity = "Another GPU" })
            .Warmup<Half>(_catalogue, _shape, tune: true);

        Assert.AreSame(_variants[1], Host(new(CacheFolder, _ => 1)).Plan<Half>(_catalogue, _shape).Variant);
        Assert.AreSame(_variants[4], Host(new(CacheFolder, _ => 1) { Identity = "Another GPU" }).Plan<Half>(_catalogue, _shape).Variant);
    }

    [TestMethod]
    [DataRow(2, 8, 3000, 4000, false, true, DisplayName = "nearly as large")]
    [DataRow(1, 16, 4096, 4096, false, true, DisplayName = "as many heads")]
    [DataRow(2, 8, 4096, 77, false, false, DisplayName = "few keys")]
    [DataRow(2, 8, 1024, 1024, false, false, DisplayName = "smaller")]
    [DataRow(2, 8, 4096, 4096, true, false, DisplayName = "causal")]
    public void Measurement_HoldsForCallsOfItsKind(int batch, int heads, int queries, int keys, bool causal, bool holds)
    {
        using AttentionHost host = Host(new(CacheFolder, variant => variant == _variants[1] ? 1e-3 : 2e-3));
        host.Warmup<Half>(_catalogue, _shape, tune: true);
        SlicePlan plan = host.Plan<Half>(_catalogue, new(batch, heads, queries, keys, 64), new() { Causal = causal });

        Assert.AreEqual(holds, plan.TimeIsMeasured);
        Assert.AreEqual(holds, plan.Variant == _variants[1]);
    }

    [TestMethod]
    public void TensorsThatDoNotFit_AreMeasuredWithFewerBatchItems_OrNotAtAll()
    {
        // 4 tensors of 8 MiB for two batch items.
        ClockedDevice half = new(CacheFolder, variant => variant == _variants[1] ? 1e-3 : 2e-3) { FreeBytes = 40 << 20 };
        ClockedDevice small = new(CacheFolder, _ => 1) { FreeBytes = 20 << 20 };
        WarmupReport fewer = Host(half).Warmup<Half>(_catalogue, _shape, tune: true);
        WarmupReport none = Host(small).Warmup<Half>(_catalogue, _shape, new() { Family = KernelFamily.Streaming }, tune: true);

        Assert.IsTrue(half.Timed.All(timed => timed.Batch == 1));
        Assert.AreSame(_variants[1], fewer.Plan.Variant);
        Assert.IsInRange(1.5e-3, 2.1e-3, fewer.Plan.PredictedSeconds, "two batch items take about twice as long as one");
        Assert.Contains("more than half of the 20.0 MiB", none.NotTuned!);
        Assert.IsEmpty(small.Timed);
    }

    [TestMethod]
    public void MemoryThatIsGoneMeanwhile_LeavesThePrediction()
    {
        WarmupReport report = Host(new(CacheFolder, _ => 1) { AllocationFails = true }).Warmup<Half>(_catalogue, _shape, tune: true);

        Assert.AreEqual("there is no memory for the tensors: none left", report.NotTuned);
        Assert.IsFalse(report.Plan.TimeIsMeasured);
    }

    [TestMethod]
    public void VariantThatCannotBeRun_IsToldAndPassedOver()
    {
        ListLogger logger = new();
        ClockedDevice device = new(CacheFolder, variant => variant.Target == KernelTarget.Sm90a ? -1 : 1e-3);
        using AttentionHost host = new(device, "test", new() { Logger = logger });
        WarmupReport report = host.Warmup<Half>(_catalogue, _shape, tune: true);

        Assert.AreEqual(KernelTarget.Sm80, report.Plan.Variant.Target);
        Assert.HasCount(3, report.Timings.Where(timing => timing.Fault is not null && timing.Measured is null));
        Assert.IsNotNull(report.Timings[0].Measured);
        Assert.Contains("could not be run", report.Plan.Explain());
        Assert.IsFalse(File.ReadAllText(FilePath).Contains("sm90a", StringComparison.Ordinal), "what failed once may work tomorrow");
        Assert.HasCount(3, logger.Entries.Where(entry => entry.Text.Contains("could not be timed")));
    }

    [TestMethod]
    public void OptionsLimitWhatIsTimed()
    {
        ClockedDevice device = new(CacheFolder, _ => 1e-3);
        WarmupReport report = Host(device).Warmup<Half>(_catalogue, _shape, new() { SliceRows = 128 }, tune: true);

        Assert.IsTrue(device.Timed.All(timed => timed.Variant.SliceRows == 128));
        Assert.HasCount(2, report.Timings);
    }

    [TestMethod]
    public void SharedRows_MayDependOnMeasurements_ForTheirBitsAreTheSame()
    {
        KernelVariant[] variants = [PlanningSetup.SplitStreaming(64, 64), PlanningSetup.SplitStreaming(64, 128)];
        KernelCatalogue catalogue = new("Split", variants);
        AttentionShape decoding = new(1, 8, 1, 65536, 64);
        using AttentionHost host = Host(new(CacheFolder, variant => variant == variants[1] ? 1e-5 : 1));
        SlicePlan predicted = host.Plan<Half>(catalogue, decoding);
        SlicePlan tuned = host.Warmup<Half>(catalogue, decoding, tune: true).Plan;

        Assert.AreSame(variants[1], tuned.Variant);
        Assert.AreEqual((16, 16), (predicted.KeySplits, tuned.KeySplits));
    }

    [TestMethod]
    [DataRow("", "it is empty")]
    [DataRow("{\"format\": 1, \"measurements\": [{\"device\": 3}]}", "JSON")]
    [DataRow("{\"format\": 1, \"measurements\": [null]}", null)]
    [DataRow("{\"format\": 99, \"measurements\": []}", "another version")]
    public void FileThatIsNotSound_IsIgnoredWithAReason_AndReplaced(string content, string? reason)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
        File.WriteAllText(FilePath, content);
        ListLogger logger = new();
        using AttentionHost host = new(new ClockedDevice(CacheFolder, _ => 1e-3), "test", new() { Logger = logger });
        Assert.IsFalse(host.Plan<Half>(_catalogue, _shape).TimeIsMeasured);
        host.Warmup<Half>(_catalogue, _shape, tune: true);

        Assert.AreEqual(reason is not null,
            logger.Entries.Any(
                entry => entry.Level == LogLevel.Warning && entry.Text.Contains("are ignored") && entry.Text.Contains(reason!)));
        Assert.IsTrue(Host(new(CacheFolder, _ => 1)).Plan<Half>(_catalogue, _shape).TimeIsMeasured);
        Assert.HasCount(1, Directory.GetFiles(Path.GetDirectoryName(FilePath)!), "no temporary file stays");
    }

    [TestMethod]
    public void EntriesThatDescribeNoCall_ArePassedOver()
    {
        Host(new(CacheFolder, _ => 1e-3)).Warmup<Half>(_catalogue, _shape, tune: true);
        File.WriteAllText(FilePath, File.ReadAllText(FilePath).Replace("\"heads\": 8", "\"heads\": -8", StringComparison.Ordinal));

        Assert.IsFalse(Host(new(CacheFolder, _ => 1)).Plan<Half>(_catalogue, _shape).TimeIsMeasured);
    }

    [TestMethod]
    public void FolderThatCannotBeWritten_IsNoError()
    {
        File.WriteAllText(Path.Combine(TestContext.TestTempDirectory!, "cache"), "a file, not a folder");
        ListLogger logger = new();
        using AttentionHost host =
            new(new ClockedDevice(CacheFolder, variant => variant == _variants[1] ? 1e-3 : 2e-3), "test", new() { Logger = logger });

        Assert.AreSame(_variants[1], host.Warmup<Half>(_catalogue, _shape, tune: true).Plan.Variant);
        Assert.IsTrue(logger.Entries.Any(entry => entry.Text.Contains("not kept")));
    }

    [TestMethod]
    public void TuningAgain_ReplacesWhatWasMeasured()
    {
        double fast = 1e-3;
        using AttentionHost host = Host(new(CacheFolder, variant => variant == _variants[1] ? fast : 2e-3));
        host.Warmup<Half>(_catalogue, _shape, tune: true);
        int entries = new MeasurementFile(CacheFolder, new ListLogger()).Read().Count;
        fast = 3e-3;
        SlicePlan plan = host.Warmup<Half>(_catalogue, _shape, tune: true).Plan;

        Assert.AreNotSame(_variants[1], plan.Variant);
        Assert.HasCount(entries, new MeasurementFile(CacheFolder, new ListLogger()).Read());
    }

    [TestMethod]
    public void Cpu_HasNothingToTune_AndSaysSo()
    {
        using AttentionHost host = new(new CpuDevice(new() { Threads = 1 }), "test", new());
        WarmupReport report =
            host.Warmup<float>(CpuTestAttention.Catalogue, new(1, 1, 16, 16, CpuTestAttention.Catalogue.HeadDims[0]), tune: true);

        Assert.IsEmpty(report.Timings);
        Assert.Contains("nothing to choose by time", report.NotTuned!);
    }

    private static AttentionHost Host(ClockedDevice device) => new(device, "test", new());

    private static KernelVariant Variant(KernelTarget target, int rows) => PlanningSetup.Tensor(target, rows);

    private static string Unwrapped(string text) => string.Join(' ', text.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries));
}
