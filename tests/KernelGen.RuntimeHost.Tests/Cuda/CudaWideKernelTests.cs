using KernelGen.Cuda;
using KernelGen.Execution;
using KernelGen.Kernels;
using KernelGen.Planning;
using KernelGen.Reference;
using KernelGen.RuntimeHost.Tests.Cpu;
using KernelGen.RuntimeHost.Tests.Reference;
using KernelGen.Tensors;

namespace KernelGen.RuntimeHost.Tests.Cuda;

/// <summary>Hopper kernels for head dims above 256, whose blocks work in clusters.</summary>
[TestClass]
[ResourceLock(CudaTest.Resource)]
[MemberCondition(typeof(CudaTest), nameof(CudaTest.HasEmulator), IgnoreMessage = CudaTest.NoEmulator)]
public sealed class CudaWideKernelTests
{
    /// <summary>Slices and merging cost nothing, so that blocks share rows.</summary>
    private static readonly DeviceProfile _wide =
        new(Workers: 0, FlopsPerSecond: 1e12, BytesPerSecond: 1e12, SliceSeconds: 1e-9, TotalMemoryBytes: 1L << 31)
    {
        ParallelTiles = 32,
        ExperimentalKernels = ExperimentalKernels.Hopper,
    };

    [TestMethod]
    [DataRow(264, ElementType.BFloat16)]
    [DataRow(320, ElementType.Float16)]
    [DataRow(384, ElementType.BFloat16)]
    [DataRow(512, ElementType.Float16)]
    public void RandomLengthsMasksAndHeads_AgreeWithTheReference_UnderAnyOrderOfThreads(int headDim, ElementType elementType)
    {
        using AttentionHost host = CudaTest.Host(CudaTest.Open("9.0"));
        Random random = new(headDim);
        try
        {
            for (int round = 0; round < 6; round++)
            {
                Emulator.Set("SEED", $"{100 + (7 * round)}");
                int keyValueHeads = random.Next(1, 3);
                AttentionShape shape =
                    new(random.Next(1, 3), keyValueHeads * random.Next(1, 3), random.Next(1, 280), random.Next(1, 500), headDim,
                        keyValueHeads);
                AttentionOptions options = new()
                {
                    Causal = round % 2 == 0,
                    Mask = (round % 3) switch
                    {
                        0 => null,
                        1 => CpuKernelTests.RandomMask(true, shape.Batch, 1, shape.Queries, shape.Keys, round),
                        _ => CpuKernelTests.RandomMask(false, 1, shape.Heads, 1, shape.Keys, round),
                    },
                    Layout = round < 3 ? AttentionLayout.BatchHeadsRows : AttentionLayout.BatchRowsHeads,
                };
                AgreesWithTheReference(host, AttentionCall.Random(shape, elementType, options, seed: round), elementType);
            }
        }
        finally
        {
            Emulator.Set("SEED", "1");
        }
    }

    [TestMethod]
    [DataRow(264, ElementType.Float16)]
    public void SeveralChunks_AgreeWithTheReference_AndSlicesDoNotChangeABit(int headDim, ElementType elementType)
    {
        using CudaDevice device = CudaTest.Open("9.0");
        AttentionCall call = AttentionCall.Random(new(1, 2, 70, 4000, headDim), elementType) with { Profile = _wide };
        AgreesWithTheReference(CudaTest.Host(device), call, elementType);
        float[] whole = call.Run(CudaTest.Host(device), WideTestAttention.Catalogue, elementType, out RunReport report);
        HashSet<int> sliceCounts = [report.Slices];
        Assert.AreEqual(2, report.Plan.KeySplits);
        foreach (int divisor in new[] { 2, 1000 })
        {
            long tile = report.Plan.Variant.Footprint.PartialBytesPerTile(4000, 1);
            long free = Math.Max(report.WorkspaceBytes / divisor, tile) * 12 / 10;
            SameBits.Assert(whole, call.Run(CudaTest.Host(device, free), WideTestAttention.Catalogue, elementType, out RunReport sliced),
                $"{sliced.Plan}");
            Assert.AreEqual(sliced.Plan.WorkspaceBytes, sliced.WorkspaceBytes);
            sliceCounts.Add(sliced.Slices);
        }

        Assert.IsGreaterThan(1, sliceCounts.Count);
    }

    [TestMethod]
    public void AutoencoderOfLatents64_IsSharedInChunks_SoThatTheGpuIsBusy()
    {
        DeviceProfile h200 =
            new(Workers: 0, FlopsPerSecond: 60e12, BytesPerSecond: 4.8e12, SliceSeconds: 10e-6, TotalMemoryBytes: 141L << 30)
        {
            TensorFlopsPerSecond = 500e12,
            ParallelTiles = 132,
            ExperimentalKernels = ExperimentalKernels.Hopper,
        };

        SlicePlan plan = SlicePlanner.Plan(
            new(1, 1, 4096, 4096, 512), ElementType.Float16, WideTestAttention.Catalogue.For(ElementType.Float16, 512).ToArray(), h200,
            new(100L << 30, 0, "given by the caller"), new());

        Assert.AreEqual(("streaming-sm90a-f16-d512-r64", 2, 2), (plan.Variant.Id, plan.KeyChunks, plan.KeySplits));
    }

    private static RunReport AgreesWithTheReference(AttentionHost host, AttentionCall call, ElementType elementType)
    {
        float[] logSumExp = new float[call.Shape.TotalHeads * call.Shape.Queries];
        AttentionCall telling = call with { Options = call.Options with { LogSumExp = logSumExp } };
        AttentionResult expected = telling.Reference();
        float[] actual = telling.Run(host, WideTestAttention.Catalogue, elementType, out RunReport report);

        string what =
            $"{report.Plan.Variant.Id}, {report.Plan.KeySplits} blocks share rows: {call.Shape}, causal {call.Options.Causal}, mask "
                + $"{call.Options.Mask?.Kind}";
        Assert.IsLessThan(CudaTest.Bound(report.Plan.Variant), RelativeError.Of(expected.Output, actual), what);
        Assert.AreEqual(report.Plan.WorkspaceBytes, report.WorkspaceBytes, what);
        for (int row = 0; row < logSumExp.Length; row++)
        {
            if (double.IsInfinity(expected.LogSumExp[row]))
                Assert.AreEqual(float.NegativeInfinity, logSumExp[row], what);
            else
                Assert.AreEqual(expected.LogSumExp[row], logSumExp[row], 1e-5 * Math.Max(1, Math.Abs(expected.LogSumExp[row])), what);
        }

        return report;
    }
}
