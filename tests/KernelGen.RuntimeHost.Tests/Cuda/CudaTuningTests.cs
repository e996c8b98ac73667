using KernelGen.Cuda;
using KernelGen.Cuda.Compilation;
using KernelGen.Kernels;
using KernelGen.Planning;
using KernelGen.Tensors;
using KernelGen.Tuning;

namespace KernelGen.RuntimeHost.Tests.Cuda;

/// <summary>Kernels timed by events on the device. On the emulator the times are its own; they choose all the same.</summary>
[TestClass]
[ResourceLock(CudaTest.Resource)]
[MemberCondition(typeof(CudaTest), nameof(CudaTest.HasDevice), IgnoreMessage = CudaTest.NoDevice)]
public sealed class CudaTuningTests
{
    private static readonly AttentionShape _shape = new(1, 2, 70, 90, 40);

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public void Tuning_PlansTheFastest_RemembersIt_AndGivesEverythingBack()
    {
        CubinCacheOptions cache = new(TestContext.TestTempDirectory, 1 << 30);
        using (AttentionHost host = CudaTest.Host(
            CudaTest.Open("9.0", options: new() { Cache = cache, ExperimentalKernels = ExperimentalKernels.Hopper })))
        {
            long live = CudaTest.HasEmulator ? Emulator.LiveObjects : 0;
            WarmupReport report = new CudaTestAttention(host).Warmup<Half>(_shape, tune: true);

            Assert.IsNull(report.NotTuned);
            Assert.IsGreaterThan(2, report.Timings.Count);
            Assert.IsTrue(report.Timings.All(timing => timing is { Fault: null, Measured.Ticks: > 0 }));
            Assert.AreSame(report.Timings[0].Variant, report.Plan.Variant);
            Assert.IsTrue(
                report.Timings.Zip(report.Timings.Skip(1)).All(pair => pair.First.Measured <= pair.Second.Measured), "the fastest first");
            if (CudaTest.HasEmulator)
                Assert.AreEqual(live + report.Timings.Count, Emulator.LiveObjects, "what stays are the modules");
        }

        Assert.IsTrue(File.Exists(Path.Combine(TestContext.TestTempDirectory!, MeasurementFile.FileName)));
        using AttentionHost second =
            CudaTest.Host(CudaTest.Open("9.0", options: new() { Cache = cache, ExperimentalKernels = ExperimentalKernels.Hopper }));
        SlicePlan plan = new CudaTestAttention(second).Plan<Half>(_shape);
        Assert.IsTrue(plan.TimeIsMeasured);
        Assert.Contains("fastest measured", plan.Explain());
    }

    [TestMethod]
    [MemberCondition(typeof(CudaTest), nameof(CudaTest.HasEmulator), IgnoreMessage = CudaTest.NoEmulator)]
    [DataRow("cuMemAlloc", 2, DisplayName = "the first tensor after the workspace of nobody")]
    [DataRow("cuMemcpyHtoDAsync", 1)]
    [DataRow("cuEventRecord", 1)]
    [DataRow("cuEventCreate", 2)]
    [DataRow("cuStreamCreate", 1)]
    [DataRow("cuLaunchKernel", 1)]
    public void CallThatFails_LeavesNothing(string function, int call)
    {
        using CudaDevice device = CudaTest.Open("9.0");
        using AttentionHost host = CudaTest.Host(device);
        CudaTestAttention attention = new(host);
        attention.Warmup<Half>(_shape, tune: true);
        long live = Emulator.LiveObjects;
        Emulator.Set("FAIL", $"{function}:{call}:{(function == "cuMemAlloc" ? 2 : 999)}");
        try
        {
            attention.Warmup<Half>(_shape, tune: true);
        }
        catch (CudaException)
        {
            // Some calls end the tuning, others one variant.
        }

        Assert.AreEqual(live, Emulator.LiveObjects);
    }
}
