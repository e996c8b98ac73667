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
public sealed class CudaTensorMapTests
{
    private static readonly DeviceProfile _h200 =
        new(Workers: 0, FlopsPerSecond: 60e12, BytesPerSecond: 4.8e12, SliceSeconds: 10e-6, TotalMemoryBytes: 141L << 30)
    {
        TensorFlopsPerSecond = 500e12,
        ParallelTiles = 132,
        ExperimentalKernels = ExperimentalKernels.Hopper,
    };

    private static KernelCatalogue TensorCores { get; } = new(
        nameof(CudaTestAttention),
        CudaTestAttention.Catalogue.Variants.ToArray().Where(variant => variant.Target is KernelTarget.Sm80 or KernelTarget.Sm90a)
            .ToArray());

    [TestMethod]
    [DataRow("8.0", false)]
    [DataRow("8.9", false)]
    [DataRow("9.0", true)]
    [DataRow("10.0", false)]
    public void Sm90a_IsForComputeCapability90Alone(string capability, bool offered)
    {
        using CudaDevice device = CudaTest.Open(capability);

        Assert.AreEqual(offered, device.Targets.Contains(KernelTarget.Sm90a));
    }

    [TestMethod]
    public void Sm90a_ComesFirst_AndSaysWhatTakesItsPlace()
    {
        using AttentionHost host = CudaTest.Host(CudaTest.Open("9.0"));

        SlicePlan plan = host.Plan<Half>(CudaTestAttention.Catalogue, new(1, 2, 500, 500, 64));

        Assert.AreEqual(KernelTarget.Sm90a, plan.Variant.Target);
        Assert.Contains(
            "Else:     streaming-sm80-f16-d64-r128, where addresses or strides of Q, K or V are not multiples of 16 bytes", plan.Explain());
    }

    [TestMethod]
    public void UnalignedStrides_RunThroughSm80()
    {
        AttentionShape shape = new(1, 2, 500, 500, 64);
        using AttentionHost host = CudaTest.Host(CudaTest.Open("9.0"));
        AttentionCall call = AttentionCall.Random(shape, ElementType.Float16);
        float[] expected = call.Run(host, TensorCores, ElementType.Float16, out RunReport aligned);
        Assert.AreEqual(KernelTarget.Sm90a, aligned.Plan.Variant.Target);

        // Rows of 65 elements.
        Half[] query = new Half[2 * 500 * 65];
        for (int row = 0; row < 2 * 500; row++)
        {
            for (int d = 0; d < 64; d++)
                query[(row * 65) + d] = (Half)call.Query[(row * 64) + d];
        }

        Half[] output = new Half[2 * 500 * 64];
        RunReport report = host.Run<Half>(
            host.Plan<Half>(TensorCores, shape), query, ToHalf(call.Key), ToHalf(call.Value), output,
            new() { QueryStrides = new(0, 500 * 65, 65) });

        Assert.AreEqual(KernelTarget.Sm80, report.Plan.Variant.Target);
        Assert.IsLessThan(2e-3, RelativeError.Of([.. expected.Select(value => (double)value)], [.. output.Select(value => (float)value)]));
    }

    [TestMethod]
    [DataRow(70)]
    [DataRow(77)]
    [DataRow(154)]
    public void FewKeys_AreForTheKernelThatHoldsThem(int keys)
    {
        AttentionShape shape = new(1, 2, 300, keys, 64);
        using AttentionHost host = CudaTest.Host(CudaTest.Open("9.0"));
        AttentionCall call = AttentionCall.Random(shape, ElementType.BFloat16);
        float[] actual = call.Run(host, TensorCores, ElementType.BFloat16, out RunReport report);

        Assert.AreEqual((KernelTarget.Sm90a, keys <= 80 ? 80 : 160), (report.Plan.Variant.Target, report.Plan.Variant.MaximumKeys));
        Assert.IsLessThan(8e-3, RelativeError.Of(call.Reference().Output, actual));
        Assert.Contains(
            $"-k{(keys <= 80 ? 80 : 160)}, where addresses or strides of Q, K, V or the output are not multiples of",
            string.Join(
                ' ', host.Plan<Half>(TensorCores, shape).Explain().Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries)));
    }

    [TestMethod]
    public void UnalignedOutput_OfFewKeys_RunsThroughSm80()
    {
        AttentionShape shape = new(1, 2, 70, 77, 64);
        using AttentionHost host = CudaTest.Host(CudaTest.Open("9.0"));
        AttentionCall call = AttentionCall.Random(shape, ElementType.Float16);
        SlicePlan plan = host.Plan<Half>(TensorCores, shape);
        Half[] output = new Half[2 * 70 * 65];
        RunReport report = host.Run<Half>(
            plan, ToHalf(call.Query), ToHalf(call.Key), ToHalf(call.Value), output, new() { OutputStrides = new(0, 70 * 65, 65) });

        Assert.AreEqual("streaming-sm80-f16-d64-r128-k80", report.Plan.Variant.Id);
        float[] rows = [.. Enumerable.Range(0, 2 * 70).SelectMany(row => output.Skip(row * 65).Take(64)).Select(value => (float)value)];
        Assert.IsLessThan(1e-3, RelativeError.Of(call.Reference().Output, rows));
    }

    [TestMethod]
    [DataRow(64)]
    [DataRow(512)]
    public void WhatRunsUnalignedTensors_TakesNoMoreWorkspaceThanPlanned(int headDim)
    {
        KernelVariant[] variants =
            [.. TensorCores.For(ElementType.Float16, headDim).ToArray()
                .Where(static variant => variant.Family == KernelFamily.Materialized)];
        KernelVariant hopper = variants.Single(static variant => variant.Target == KernelTarget.Sm90a);
        int replaced = 0;
        for (int keys = 1; keys <= 200; keys++)
        {
            foreach (int queries in new[] { 64, 300 })
            {
                // With no more memory than one slice of the Hopper kernel takes, the others are planned only where they take less.
                long free = hopper.Footprint.Bytes(1, queries, keys, workers: 0);
                SlicePlan plan = SlicePlanner.Plan(
                    new(1, 1, queries, keys, headDim), ElementType.Float16, variants, _h200, new(free, 0, "given by the caller"),
                    new() { SafetyFactor = 1 });
                if (plan.Variant != hopper)
                    continue;

                replaced++;
                Assert.IsLessThanOrEqualTo(
                    plan.WorkspaceBytes, plan.ForUnalignedTensors!.WorkspaceBytes, $"{plan}; {plan.ForUnalignedTensors}");
            }
        }

        Assert.IsGreaterThan(0, replaced);
    }

    [TestMethod]
    public void UnalignedStrides_WithoutAnotherKernel_AreAClearError()
    {
        AttentionShape shape = new(1, 1, 8, 8, 64);
        using AttentionHost host = CudaTest.Host(CudaTest.Open("9.0"));
        SlicePlan plan = host.Plan<Half>(CudaTestAttention.Of(KernelTarget.Sm90a), shape);
        Half[] tensor = new Half[8 * 64], keys = new Half[8 * 68];

        ArgumentException exception = Assert.ThrowsExactly<ArgumentException>(
            () => host.Run<Half>(plan, tensor, keys, tensor, new Half[8 * 64], new() { KeyStrides = new(0, 0, 68) }));

        Assert.Contains("multiples of 16 bytes, those of K are not", exception.Message);
        Assert.Contains("KernelTarget.Sm80", exception.Message);
    }

    [TestMethod]
    public void Launch_EncodesTensorMapsOnce_AndAllocatesNothing()
    {
        AttentionShape shape = new(1, 2, 70, 90, 64);
        using CudaDevice device = CudaTest.Open("9.0");
        SlicePlan plan = CudaTest.Host(device).Plan<Half>(CudaTestAttention.Of(KernelTarget.Sm90a), shape);
        using DeviceTensor<Half> query =
            device.Allocate<Half>(2 * 70 * 64), key = device.Allocate<Half>(2 * 90 * 64), output = device.Allocate<Half>(2 * 70 * 64);
        query.Upload(new Half[2 * 70 * 64]);
        key.Upload(new Half[2 * 90 * 64]);
        KernelArguments arguments = AttentionHost.CreateArguments(plan) with
        {
            Query = query.Address, Key = key.Address, Value = key.Address, Output = output.Address,
        };

        long before = Emulator.Calls("cuTensorMapEncodeTiled");
        device.Launch(plan, arguments, 0);
        long encoded = Emulator.Calls("cuTensorMapEncodeTiled") - before;
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        device.Launch(plan, arguments, 0);
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;

        // K and V are one tensor here, in boxes of one size: one map for both.
        Assert.AreEqual(2, encoded);
        Assert.AreEqual(2, Emulator.Calls("cuTensorMapEncodeTiled") - before);
        Assert.AreEqual(0, allocated);
    }

    [TestMethod]
    [DataRow(2, 8, 4096, 40, "r128", DisplayName = "512 tiles of 128 rows are 3.88 turns; 352 of 192 are 2.67")]
    [DataRow(2, 8, 256, 160, "r64", DisplayName = "32 tiles of 128 rows leave three quarters of the GPU idle, 64 of 64 half of it")]
    [DataRow(1, 24, 8192, 64, "r192", DisplayName = "with many turns the most rows win")]
    public void Rows_AreChosenByTheTurnsThatTheGpuTakes(int batch, int heads, int length, int headDim, string rows)
    {
        SlicePlan plan = SlicePlanner.Plan(
            new(batch, heads, length, length, headDim), ElementType.Float16,
            CudaTestAttention.Catalogue.For(ElementType.Float16, headDim).ToArray().Where(static variant => variant.Cuda is not null)
                .ToArray(),
            _h200, new(100L << 30, 0, "given by the caller"), new());

        Assert.AreEqual($"streaming-sm90a-f16-d{headDim}-{rows}", plan.Variant.Id);
    }

    [TestMethod]
    [DataRow(4096, 40, "r512", DisplayName = "128 blocks of 512 rows")]
    [DataRow(1024, 80, "r128", DisplayName = "128 blocks of 128 rows, where 32 of 512 would leave three quarters of the GPU idle")]
    [DataRow(256, 160, "r64", DisplayName = "64 blocks of 64 rows are the most that there are")]
    public void RowsForFewKeys_GiveAllMultiprocessorsWork(int length, int headDim, string rows)
    {
        SlicePlan plan = SlicePlanner.Plan(
            new(2, 8, length, 77, headDim), ElementType.Float16,
            CudaTestAttention.Catalogue.For(ElementType.Float16, headDim).ToArray().Where(static variant => variant.Cuda is not null)
                .ToArray(),
            _h200, new(100L << 30, 0, "given by the caller"), new());

        Assert.AreEqual($"streaming-sm90a-f16-d{headDim}-{rows}-k80", plan.Variant.Id);
    }

    private static Half[] ToHalf(float[] values) => [.. values.Select(value => (Half)value)];
}
