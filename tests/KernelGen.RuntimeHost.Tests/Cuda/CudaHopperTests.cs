using KernelGen.Cuda;
using KernelGen.Execution;
using KernelGen.Kernels;
using KernelGen.Planning;
using KernelGen.Reference;
using KernelGen.RuntimeHost.Tests.Cpu;
using KernelGen.RuntimeHost.Tests.Reference;
using KernelGen.Tensors;

namespace KernelGen.RuntimeHost.Tests.Cuda;

/// <summary>The kernels for compute capability 9.0 alone: those for few keys, and those that keep probabilities in a workspace.</summary>
[TestClass]
[ResourceLock(CudaTest.Resource)]
[MemberCondition(typeof(CudaTest), nameof(CudaTest.HasEmulator), IgnoreMessage = CudaTest.NoEmulator)]
public sealed class CudaHopperTests
{
    private static KernelCatalogue Hopper { get; } = CudaTestAttention.Of(KernelTarget.Sm90a);

    private static KernelCatalogue TensorCores { get; } = new(
        nameof(CudaTestAttention),
        CudaTestAttention.Catalogue.Variants.ToArray().Where(variant => variant.Target is KernelTarget.Sm80 or KernelTarget.Sm90a)
            .ToArray());

    [TestMethod]
    [DataRow(40, ElementType.Float16, KernelFamily.Materialized)]
    [DataRow(128, ElementType.BFloat16, KernelFamily.Materialized)]
    [DataRow(512, ElementType.Float16, KernelFamily.Materialized)]
    [DataRow(72, ElementType.BFloat16, KernelFamily.Streaming)]
    [DataRow(160, ElementType.Float16, KernelFamily.Streaming)]
    public void RandomLengthsMasksAndHeads_AgreeWithTheReference(int headDim, ElementType elementType, KernelFamily family)
    {
        using AttentionHost host = CudaTest.Host(CudaTest.Open("9.0"));
        Random random = new(headDim);
        for (int round = 0; round < 6; round++)
        {
            // The kernels for few keys are streaming ones.
            int keyValueHeads = random.Next(1, 3);
            AttentionShape shape = new(
                random.Next(1, 3), keyValueHeads * random.Next(1, 3), random.Next(1, 200),
                random.Next(1, family == KernelFamily.Streaming ? 160 : 400), headDim, keyValueHeads);
            float[] logSumExp = new float[shape.TotalHeads * shape.Queries];
            float[]? map = family == KernelFamily.Materialized ? new float[shape.ScoreElements] : null;
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
                LogSumExp = logSumExp,
                Map = map,
            };
            AttentionCall call = AttentionCall.Random(shape, elementType, options, seed: round) with
            {
                Planning = new() { Family = family, CaptureMap = map is not null, Causal = options.Causal == true },
            };
            AttentionResult expected = call.Reference();
            foreach (string seed in new[] { "1", "7", "23" })
            {
                Emulator.Set("SEED", seed);
                float[] actual = call.Run(host, Hopper, elementType, out RunReport report);
                Emulator.Set("SEED", "1");

                string what = $"{report.Plan.Variant.Id}, round {round}, seed {seed}: {shape}";
                Assert.IsLessThan(CudaTest.Bound(report.Plan.Variant), RelativeError.Of(expected.Output, actual), what);
                Assert.AreEqual(report.Plan.WorkspaceBytes, report.WorkspaceBytes, what);
                Assert.AreEqual(family == KernelFamily.Materialized, report.WorkspaceBytes > 0, what);
                if (map is not null)
                    Assert.IsLessThan(4e-6, RelativeError.Of(expected.Map, map), what);
                for (int row = 0; row < logSumExp.Length; row++)
                {
                    if (double.IsInfinity(expected.LogSumExp[row]))
                        Assert.AreEqual(float.NegativeInfinity, logSumExp[row], what);
                    else
                        Assert.AreEqual(
                            expected.LogSumExp[row], logSumExp[row], 1e-5 * Math.Max(1, Math.Abs(expected.LogSumExp[row])), what);
                }
            }
        }
    }

    [TestMethod]
    [DataRow(64, ElementType.Float16)]
    [DataRow(512, ElementType.BFloat16)]
    public void MaterializedSlices_DoNotChangeABit(int headDim, ElementType elementType)
    {
        float[] map = new float[3 * 300 * 260];
        AttentionCall call = AttentionCall.Random(new(1, 3, 300, 260, headDim), elementType, new() { Causal = true, Map = map }) with
        {
            Planning = new() { CaptureMap = true, Causal = true },
        };
        using CudaDevice device = CudaTest.Open("9.0");
        float[] whole = call.Run(CudaTest.Host(device), Hopper, elementType, out RunReport report);
        float[] wholeMap = [.. map];
        HashSet<int> sliceCounts = [report.Slices];
        foreach (long divisor in new long[] { 2, 3, 1000 })
        {
            Array.Fill(map, -1);
            long free = Math.Max(report.WorkspaceBytes / divisor, report.Plan.Variant.Footprint.ScoreBytes(1, 1, 260)) * 12 / 10;
            SameBits.Assert(whole, call.Run(CudaTest.Host(device, free), Hopper, elementType, out RunReport sliced));
            SameBits.Assert(wholeMap, map);
            Assert.AreEqual(sliced.Plan.WorkspaceBytes, sliced.WorkspaceBytes);
            sliceCounts.Add(sliced.Slices);
        }

        Assert.IsGreaterThan(2, sliceCounts.Count);
    }

    [TestMethod]
    public void AskingForTheMap_TakesTheKernelWithHalfTheWorkspace_AndSaysWhatTakesItsPlace()
    {
        using AttentionHost host = CudaTest.Host(CudaTest.Open("9.0"));
        SlicePlan plan = host.Plan<Half>(TensorCores, new(1, 2, 512, 512, 64), new() { CaptureMap = true });

        Assert.AreEqual("materialized-sm90a-f16-d64-r512", plan.Variant.Id);
        Assert.AreEqual(2L * 512 * ((512 * 2) + (512 / 128 * 4)), plan.WorkspaceBytes);
        Assert.Contains("Else:     materialized-sm80-f16-d64-r512, where", plan.Explain());
    }

    [TestMethod]
    public void UnalignedStrides_OfAMaterializedPlan_RunThroughSm80_WithinThePlannedWorkspace()
    {
        AttentionShape shape = new(1, 2, 512, 512, 64);
        using AttentionHost host = CudaTest.Host(CudaTest.Open("9.0"));
        AttentionCall call = AttentionCall.Random(shape, ElementType.Float16);
        SlicePlan plan = host.Plan<Half>(TensorCores, shape, new() { Family = KernelFamily.Materialized });
        Assert.AreEqual(KernelTarget.Sm90a, plan.Variant.Target);
        Half[] query = new Half[2 * 512 * 65];
        for (int row = 0; row < 2 * 512; row++)
        {
            for (int d = 0; d < 64; d++)
                query[(row * 65) + d] = (Half)call.Query[(row * 64) + d];
        }

        Half[] output = new Half[2 * 512 * 64];
        RunReport report =
            host.Run<Half>(plan, query, ToHalf(call.Key), ToHalf(call.Value), output, new() { QueryStrides = new(0, 512 * 65, 65) });

        Assert.AreEqual("materialized-sm80-f16-d64-r512", report.Plan.Variant.Id);
        Assert.IsGreaterThan(plan.SliceCount, report.Slices, "scores of four bytes need more slices");
        Assert.IsLessThanOrEqualTo(plan.WorkspaceBytes, report.WorkspaceBytes);
        Assert.AreEqual(report.Plan.WorkspaceBytes, report.WorkspaceBytes);
        Assert.IsLessThan(1e-3, RelativeError.Of(call.Reference().Output, [.. output.Select(value => (float)value)]));
    }

    [TestMethod]
    public void KernelsForTheSameKeys_GiveTheSameBits()
    {
        AttentionCall call = AttentionCall.Random(new(1, 2, 530, 77, 40), ElementType.Float16, new() { Causal = true });
        using AttentionHost host = CudaTest.Host(CudaTest.Open("9.0"));
        float[]? first = null;
        foreach (KernelVariant variant in Hopper.Variants.ToArray()
            .Where(variant => variant is { MaximumKeys: > 0, HeadDim: 40, ElementType: ElementType.Float16 }))
        {
            float[] actual = call.Run(host, new(nameof(CudaTestAttention), [variant]), ElementType.Float16, out RunReport report);
            Assert.AreEqual(variant, report.Plan.Variant);
            SameBits.Assert(first ??= actual, actual, variant.Id);
        }
    }

    private static Half[] ToHalf(float[] values) => [.. values.Select(value => (Half)value)];
}
