using KernelGen.Cuda;
using KernelGen.Execution;
using KernelGen.Kernels;
using KernelGen.Planning;
using KernelGen.Reference;
using KernelGen.RuntimeHost.Tests.Reference;
using KernelGen.Tensors;

namespace KernelGen.RuntimeHost.Tests.Cuda;

[TestClass]
[ResourceLock(CudaTest.Resource)]
[MemberCondition(typeof(CudaTest), nameof(CudaTest.HasEmulator), IgnoreMessage = CudaTest.NoEmulator)]
public sealed class CudaMemoryTests
{
    private const int OutOfMemory = 2;

    /// <summary>Q, K, V and the output are allocated before the workspace.</summary>
    private const int WorkspaceAllocation = 5;

    private static readonly PlanningOptions _materialized = new() { Family = KernelFamily.Materialized };

    [TestMethod]
    public void SmallDevice_RunsAStableDiffusionLayer_InSlices()
    {
        // The layer of SD 1.5 at 256 x 256 beside 44 MiB of weights: its scores alone are 32 MiB of the 20 that are left.
        AttentionCall call = AttentionCall.Random(new(1, 8, 1024, 1024, 40), ElementType.Float32) with { Planning = _materialized };
        using CudaDevice device = CudaTest.Open(memoryBytes: 64L << 20);
        using DeviceTensor<byte> weights = device.Allocate<byte>(44L << 20);
        using AttentionHost host = CudaTest.Host(device);
        float[] actual = call.Run(host, CudaTestAttention.Of(KernelTarget.Simt), ElementType.Float32, out RunReport report);

        Assert.IsGreaterThan(1, report.Slices);
        Assert.IsLessThanOrEqualTo(20L << 20, report.WorkspaceBytes);
        AttentionCall rows = new(new AttentionShape(1, 1, 16, 1024, 40))
        {
            Query = call.Query[..(16 * 40)],
            Key = call.Key[..(1024 * 40)],
            Value = call.Value[..(1024 * 40)],
        };
        Assert.IsLessThan(2e-6, RelativeError.Of(rows.Reference().Output, actual.AsSpan(0, 16 * 40)));
    }

    [TestMethod]
    public void RawLaunch_MeasuredWorkspaceIsThePlanned_AndWithinTheDevice()
    {
        AttentionCall call = AttentionCall.Random(new(1, 4, 200, 500, 40), ElementType.Float32) with { Planning = _materialized };
        using CudaDevice device = CudaTest.Open(memoryBytes: 1L << 20);
        using DeviceCall deviceCall = new(device, call);
        deviceCall.Launch(0);

        Assert.IsGreaterThan(1, deviceCall.Plan.SliceCount);
        Assert.AreEqual(deviceCall.Plan.WorkspaceBytes, device.PooledBytes);
        Assert.IsLessThan(2e-6, RelativeError.Of(call.Reference().Output, deviceCall.Output(0)));
    }

    [TestMethod]
    [DataRow("cuMemAlloc", WorkspaceAllocation, DisplayName = "the workspace")]
    [DataRow("cuLaunchKernel", 2, DisplayName = "the second launch of a slice")]
    [DataRow("cuStreamSynchronize", 1, DisplayName = "while the slice runs")]
    public void OutOfMemory_MakesSlicesSmaller_AndChangesNoBit(string function, int call)
    {
        AttentionCall attention = AttentionCall.Random(new(1, 4, 130, 200, 40), ElementType.Float32) with { Planning = _materialized };
        using CudaDevice device = CudaTest.Open();
        using AttentionHost host = CudaTest.Host(device);
        float[] expected = attention.Run(host, CudaTestAttention.Catalogue, ElementType.Float32, out RunReport whole);
        device.Trim();
        Emulator.Set("FAIL", $"{function}:{call}:{OutOfMemory}");
        float[] actual = attention.Run(host, CudaTestAttention.Catalogue, ElementType.Float32, out RunReport report);

        SameBits.Assert(expected, actual);
        Assert.AreEqual(1, whole.Slices);
        Assert.AreEqual(2, report.Slices);
        Assert.AreEqual(2, report.Plan.HeadsPerSlice);
        Assert.AreEqual(2, report.Plan.SliceCount);
        Assert.AreEqual(report.Plan.WorkspaceBytes, report.WorkspaceBytes);
        Assert.AreEqual(report.WorkspaceBytes, device.PooledBytes);
    }

    [TestMethod]
    public void OutOfMemory_AfterSomeRowsOfSomeHeads_GoesOnFromThere()
    {
        // Two heads at a time over 600 rows are passes of 512 and of 88 rows; memory runs out in the second, when there are only heads to
        // take away.
        AttentionCall call = AttentionCall.Random(new(1, 4, 600, 40, 40), ElementType.Float32) with
        {
            Planning = _materialized with { Policy = "v1" },
        };
        using CudaDevice device = CudaTest.Open();
        using AttentionHost host = CudaTest.Host(device);
        float[] expected = call.Run(host, CudaTestAttention.Catalogue, ElementType.Float32, out RunReport whole);
        Emulator.Set("FAIL", $"cuStreamSynchronize:2:{OutOfMemory}");
        float[] actual = call.Run(host, CudaTestAttention.Catalogue, ElementType.Float32, out RunReport report);

        Assert.AreEqual(4, whole.Slices);
        SameBits.Assert(expected, actual);

        // One of two heads, the rest of either, and both passes of either of the others.
        Assert.AreEqual(1 + 2 + 4, report.Slices);
        Assert.AreEqual(1, report.Plan.HeadsPerSlice);
    }

    [TestMethod]
    public void ForcedDownToOneTile_ItStillRuns()
    {
        // 256 KiB for tensors of 40 KiB and 32 KiB, and scores of 64 KiB for each tile of each head.
        AttentionCall call = AttentionCall.Random(new(1, 4, 128, 256, 40), ElementType.Float32) with { Planning = _materialized };
        using CudaDevice device = CudaTest.Open(memoryBytes: 570 << 10);
        using AttentionHost host = CudaTest.Host(device, freeBytes: 1L << 30);
        float[] actual = call.Run(host, CudaTestAttention.Catalogue, ElementType.Float32, out RunReport report);

        Assert.AreEqual(1, report.Plan.HeadsPerSlice);
        Assert.AreEqual(64, report.Plan.RowsPerSlice);
        Assert.AreEqual(8, report.Slices);
        Assert.IsLessThan(2e-6, RelativeError.Of(call.Reference().Output, actual));
    }

    [TestMethod]
    public void NotEvenOneTile_IsAClearError_AndLeavesNothing()
    {
        AttentionCall call = AttentionCall.Random(new(1, 1, 64, 1024, 40), ElementType.Float32) with { Planning = _materialized };

        // 340 KiB of them are the tensors', and a tile of the smallest slice size has 32 rows.
        using CudaDevice device = CudaTest.Open(memoryBytes: 448 << 10);
        using AttentionHost host = CudaTest.Host(device, freeBytes: 1L << 30);
        device.Warmup(CudaTestAttention.Catalogue.Variants.ToArray()
            .Where(variant => variant.HeadDim == 40 && variant.ElementType == ElementType.Float32));
        long live = Emulator.LiveObjects;
        AttentionMemoryException exception =
            Assert.ThrowsExactly<AttentionMemoryException>(() => call.Run(host, CudaTestAttention.Catalogue, ElementType.Float32, out _));

        Assert.Contains("one tile of one head", exception.Message);
        Assert.Contains("cuMemAlloc", exception.Message);
        Assert.AreEqual(32 * 1024 * 4, exception.NeededBytes);
        Assert.AreEqual(live, Emulator.LiveObjects);
    }

    [TestMethod]
    public void TensorsThatDoNotFit_AreAClearError_AndLeaveNothing()
    {
        AttentionCall call = AttentionCall.Random(new(1, 1, 64, 4096, 40), ElementType.Float32);
        using CudaDevice device = CudaTest.Open(memoryBytes: 1L << 20);
        using AttentionHost host = CudaTest.Host(device);
        device.Warmup(CudaTestAttention.Catalogue.Variants.ToArray()
            .Where(variant => variant.HeadDim == 40 && variant.ElementType == ElementType.Float32));
        long live = Emulator.LiveObjects;
        AttentionMemoryException exception =
            Assert.ThrowsExactly<AttentionMemoryException>(() => call.Run(host, CudaTestAttention.Catalogue, ElementType.Float32, out _));

        Assert.Contains("The tensors of attention over", exception.Message);
        Assert.AreEqual(live, Emulator.LiveObjects);
    }

    [TestMethod]
    public void WorkspaceOfOtherStreams_MakesWay()
    {
        AttentionCall large = AttentionCall.Random(new(1, 4, 128, 256, 40), ElementType.Float32) with { Planning = _materialized };
        using CudaDevice device = CudaTest.Open(memoryBytes: 1L << 20);
        using CudaStream stream = device.CreateStream();
        using (DeviceCall call = new(device, large, freeBytes: 1 << 20))
        {
            call.Launch(stream.Handle);
        }

        Assert.IsGreaterThan(400 << 10, device.PooledBytes);
        float[] actual = large.Run(CudaTest.Host(device), CudaTestAttention.Catalogue, ElementType.Float32, out _);
        Assert.IsLessThan(2e-6, RelativeError.Of(large.Reference().Output, actual));
    }

    [TestMethod]
    public void CallersWorkspace_IsNotMadeSmaller()
    {
        AttentionCall call = AttentionCall.Random(new(1, 2, 64, 64, 40), ElementType.Float32) with { Planning = _materialized };
        using CudaDevice device = CudaTest.Open();
        using DeviceCall deviceCall = new(device, call);
        using DeviceTensor<byte> workspace = device.Allocate<byte>(deviceCall.Plan.WorkspaceBytes);
        device.Warmup([deviceCall.Plan.Variant]);
        Emulator.Set("FAIL", $"cuLaunchKernel:2:{OutOfMemory}");
        CudaException exception =
            Assert.ThrowsExactly<CudaException>(
                () => device.Launch(deviceCall.Plan, deviceCall.Arguments with { Scores = workspace.Address }, 0));

        Assert.StartsWith($"Slice 1 of 1 of {deviceCall.Plan.Variant.Id} failed, the output is incomplete: cuLaunchKernel of materialized",
            exception.Message);
    }

    [TestMethod]
    public void CancelledRun_LeavesNothing()
    {
        using CancellationTokenSource cancellation = new();
        AttentionCall call = AttentionCall.Random(new(1, 3, 130, 200, 40), ElementType.Float32, new()
        {
            CancellationToken = cancellation.Token,
            Progress = new CancelAfterFirst(cancellation),
        }) with { Planning = _materialized };
        using CudaDevice device = CudaTest.Open();
        using AttentionHost host = CudaTest.Host(device, freeBytes: 100_000);
        device.Warmup(CudaTestAttention.Catalogue.Variants.ToArray()
            .Where(variant => variant.HeadDim == 40 && variant.ElementType == ElementType.Float32));
        long live = Emulator.LiveObjects;
        Assert.ThrowsExactly<OperationCanceledException>(() => call.Run(host, CudaTestAttention.Catalogue, ElementType.Float32, out _));

        device.Trim();
        Assert.AreEqual(live, Emulator.LiveObjects);
    }

    [TestMethod]
    public void IntegratedGpu_IsPlannedWithTheHostsMemory()
    {
        using CudaDevice probe = CudaTest.Open();
        Emulator.Set("INTEGRATED", "1");
        using CudaDevice device = CudaDevice.Create(
            new() { Cache = CudaTest.SharedCache, HostMemory = () => new(12345, 0, "MemAvailable") }, CudaTest.Libraries);

        Assert.AreEqual(new MemoryBudget(12345, 0, "MemAvailable"), device.MeasureBudget());
    }

    private sealed class CancelAfterFirst(CancellationTokenSource cancellation) : IProgress<AttentionProgress>
    {
        public void Report(AttentionProgress value) => cancellation.Cancel();
    }
}
