using KernelGen.Cuda;
using KernelGen.Execution;
using KernelGen.Kernels;
using KernelGen.Planning;
using KernelGen.RuntimeHost.Tests.Cpu;
using KernelGen.RuntimeHost.Tests.Reference;
using KernelGen.Tensors;

namespace KernelGen.RuntimeHost.Tests.Cuda;

/// <summary>Plans that split keys, planned for a GPU that is wider than the calls.</summary>
[TestClass]
[ResourceLock(CudaTest.Resource)]
[MemberCondition(typeof(CudaTest), nameof(CudaTest.HasDevice), IgnoreMessage = CudaTest.NoDevice)]
public sealed class CudaKeySplitTests
{
    /// <summary>Slices and merging cost nothing, so that even short calls are split.</summary>
    private static readonly DeviceProfile _wide = new(Workers: 0, FlopsPerSecond: 1e12, BytesPerSecond: 1e12, SliceSeconds: 1e-9, TotalMemoryBytes: 1L << 31)
    {
        ParallelTiles = 32,
        ExperimentalKernels = ExperimentalKernels.Hopper,
    };

    [TestMethod]
    [DataRow(KernelTarget.Simt, ElementType.Float32, 40)]
    [DataRow(KernelTarget.Simt, ElementType.BFloat16, 72)]
    [DataRow(KernelTarget.Sm80, ElementType.Float16, 64)]
    [DataRow(KernelTarget.Sm80, ElementType.BFloat16, 72)]
    [DataRow(KernelTarget.Sm80, ElementType.Float16, 512)]
    [DataRow(KernelTarget.Sm90a, ElementType.Float16, 40)]
    [DataRow(KernelTarget.Sm90a, ElementType.BFloat16, 80)]
    [DataRow(KernelTarget.Sm90a, ElementType.Float16, 160)]
    public void SplitPlans_AgreeWithTheReference(KernelTarget target, ElementType elementType, int headDim)
    {
        using AttentionHost host = CudaTest.Host(CudaTest.Open(CudaTest.CapabilityFor(target)));
        if (!host.Device.Targets.Contains(target))
            Assert.Inconclusive("The GPU does not run this target.");

        AttentionShape[] shapes = [new(1, 2, 1, 333, headDim), new(2, 4, 37, 401, headDim, 2), new(1, 1, 150, 450, headDim)];
        foreach (AttentionShape shape in shapes)
        {
            foreach (AttentionOptions options in Options(shape))
            {
                float[] logSumExp = new float[shape.TotalHeads * shape.Queries];
                AttentionCall call = Call(shape, elementType, options with { LogSumExp = logSumExp });
                AttentionResult expected = call.Reference();
                float[] actual = call.Run(host, CudaTestAttention.Of(target), elementType, out RunReport report);

                // With causality one query sees one key, and few queries see few: nothing to split.
                string what = $"{report.Plan}: {shape}, causal {options.Causal}, mask {options.Mask?.Kind}";
                Assert.IsTrue(options.Causal || report.Plan.KeySplits > 1, what);
                Assert.IsLessThan(CudaTest.Bound(report.Plan.Variant), AttentionResult.RelativeError(expected.Output, actual), what);
                Assert.AreEqual(report.Plan.WorkspaceBytes, report.WorkspaceBytes, what);
                Assert.AreEqual(report.Plan.KeySplits > 1, report.WorkspaceBytes > 0, what);
                for (int row = 0; row < logSumExp.Length; row++)
                {
                    if (double.IsInfinity(expected.LogSumExp[row]))
                        Assert.AreEqual(float.NegativeInfinity, logSumExp[row], what);
                    else
                        Assert.AreEqual(expected.LogSumExp[row], logSumExp[row], CudaTest.LogSumExpBound(report.Plan.Variant, expected.LogSumExp[row]), what);
                }
            }
        }
    }

    [TestMethod]
    [DataRow(KernelTarget.Simt, ElementType.Float32, 40)]
    [DataRow(KernelTarget.Sm80, ElementType.Float16, 40)]
    [DataRow(KernelTarget.Sm80, ElementType.BFloat16, 512)]
    [DataRow(KernelTarget.Sm90a, ElementType.Float16, 64)]
    [DataRow(KernelTarget.Sm90a, ElementType.BFloat16, 160)]
    public void Slices_DoNotChangeABit(KernelTarget target, ElementType elementType, int headDim)
    {
        AttentionCall call = Call(new(1, 2, 200, 260, headDim), elementType, new() { Causal = true });
        using CudaDevice device = CudaTest.Open(CudaTest.CapabilityFor(target));
        if (!device.Targets.Contains(target))
            Assert.Inconclusive("The GPU does not run this target.");

        KernelCatalogue catalogue = CudaTestAttention.Of(target);
        float[] whole = call.Run(CudaTest.Host(device), catalogue, elementType, out RunReport report);
        HashSet<int> sliceCounts = [report.Slices];
        Assert.IsGreaterThan(1, report.Plan.KeySplits);
        foreach (int divisor in new[] { 2, 3, 7, 1000 })
        {
            long tile = report.Plan.Variant.Footprint.PartialBytesPerTile(report.Plan.KeySplits);
            long free = Math.Max(report.WorkspaceBytes / divisor, tile) * 12 / 10;
            Assert.AreSequenceEqual(whole, call.Run(CudaTest.Host(device, free), catalogue, elementType, out RunReport sliced));
            Assert.AreEqual(report.Plan.KeySplits, sliced.Plan.KeySplits);
            Assert.AreEqual(sliced.Plan.WorkspaceBytes, sliced.WorkspaceBytes);
            sliceCounts.Add(sliced.Slices);
        }

        Assert.IsGreaterThan(2, sliceCounts.Count);
    }

    [TestMethod]
    public void ABadQuery_SpoilsItsOwnRowOnly()
    {
        using AttentionHost host = CudaTest.Host(CudaTest.Open());
        AttentionCall call = Call(new(1, 2, 70, 290, 40), ElementType.Float32, new() { CheckFinite = true });
        float[] query = [.. call.Query];
        query[(17 * 40) + 3] = float.NaN;
        float[] expected = call.Run(host, CudaTestAttention.Of(KernelTarget.Simt), ElementType.Float32, out _);
        float[] actual = (call with { Query = query }).Run(host, CudaTestAttention.Of(KernelTarget.Simt), ElementType.Float32, out RunReport report);

        Assert.IsGreaterThan(1, report.Plan.KeySplits);
        Assert.AreEqual(1, report.NonFiniteRows);
        for (int i = 0; i < actual.Length; i++)
            Assert.IsTrue(i / 40 == 17 ? float.IsNaN(actual[i]) : actual[i] == expected[i]);
    }

    [TestMethod]
    [MemberCondition(typeof(CudaTest), nameof(CudaTest.HasEmulator), IgnoreMessage = CudaTest.NoEmulator)]
    public void OutOfMemory_MakesSlicesSmaller_KeepsTheSplits_AndChangesNoBit()
    {
        AttentionCall call = Call(new(1, 4, 70, 300, 40), ElementType.Float32);
        using CudaDevice device = CudaTest.Open();
        using AttentionHost host = CudaTest.Host(device);
        KernelCatalogue catalogue = CudaTestAttention.Of(KernelTarget.Simt);
        float[] expected = call.Run(host, catalogue, ElementType.Float32, out RunReport whole);
        device.Trim();
        Emulator.Set("FAIL", "cuMemAlloc:5:2");
        float[] actual = call.Run(host, catalogue, ElementType.Float32, out RunReport report);

        Assert.AreSequenceEqual(expected, actual);
        Assert.AreEqual((1, 2, whole.Plan.KeySplits), (whole.Slices, report.Slices, report.Plan.KeySplits));
        Assert.AreEqual(whole.WorkspaceBytes / 2, report.WorkspaceBytes);
        Assert.AreEqual(report.Plan.WorkspaceBytes, report.WorkspaceBytes);
    }

    [TestMethod]
    [MemberCondition(typeof(CudaTest), nameof(CudaTest.HasEmulator), IgnoreMessage = CudaTest.NoEmulator)]
    public void Host_SplitsForTheDeviceItHas_AndMergesOnlyThen()
    {
        using CudaDevice device = CudaTest.Open();
        using AttentionHost host = CudaTest.Host(device);
        Assert.AreEqual(device.Limits.Multiprocessors, device.Profile.ParallelTiles);

        Assert.AreEqual((4, 2L), Launches(1), "one tile on four processors");
        Assert.AreEqual((1, 1L), Launches(4), "four tiles");

        (int Splits, long Launches) Launches(int heads)
        {
            AttentionCall call = AttentionCall.Random(new(1, heads, 1, 4096, 40), ElementType.Float32);
            long before = Emulator.Calls("cuLaunchKernel");
            float[] actual = call.Run(host, CudaTestAttention.Of(KernelTarget.Simt), ElementType.Float32, out RunReport report);

            Assert.IsLessThan(2e-6, AttentionResult.RelativeError(call.Reference().Output, actual));
            return (report.Plan.KeySplits, Emulator.Calls("cuLaunchKernel") - before);
        }
    }

    [TestMethod]
    [DataRow(ElementType.Float16, 64)]
    [DataRow(ElementType.BFloat16, 128)]
    [MemberCondition(typeof(CudaTest), nameof(CudaTest.HasEmulator), IgnoreMessage = CudaTest.NoEmulator)]
    public void EveryHopperTile_HasTheSameSplits_AndTheSameBits(ElementType elementType, int headDim)
    {
        AttentionCall call = Call(new(1, 3, 150, 700, headDim), elementType);
        using AttentionHost host = CudaTest.Host(CudaTest.Open("9.0"));
        KernelCatalogue catalogue = CudaTestAttention.Of(KernelTarget.Sm90a);
        float[] expected = call.Run(host, catalogue, elementType, out RunReport taken);
        Assert.IsGreaterThan(1, taken.Plan.KeySplits);
        int[] tileRows =
        [
            .. catalogue.For(elementType, headDim).ToArray()
                .Where(static variant => variant.Family == KernelFamily.Streaming && variant.MaximumKeys == 0)
                .Select(static variant => variant.SliceRows),
        ];
        Assert.IsGreaterThan(1, tileRows.Length);
        foreach (int rows in tileRows)
        {
            foreach (string seed in new[] { "2", "3" })
            {
                Emulator.Set("SEED", seed);
                AttentionCall other = call with { Planning = call.Planning with { SliceRows = rows } };
                SameBits.Assert(expected, other.Run(host, catalogue, elementType, out RunReport report), $"{rows} rows, seed {seed}");
                Assert.AreEqual((rows, taken.Plan.KeySplits), (report.Plan.Variant.SliceRows, report.Plan.KeySplits));
            }
        }
    }

    [TestMethod]
    [DataRow(70, 64, true, DisplayName = "tiles of the same rows: the same splits")]
    [DataRow(130, 128, false, DisplayName = "larger tiles, whose partial results take more: no splits")]
    [MemberCondition(typeof(CudaTest), nameof(CudaTest.HasEmulator), IgnoreMessage = CudaTest.NoEmulator)]
    public void UnalignedTensors_RunThroughAnotherKernel_InNoMoreWorkspace(int queries, int tileRows, bool keepsSplits)
    {
        AttentionShape shape = new(1, 2, queries, 700, 64);
        TensorStrides odd = new(0, (long)queries * 65, 65);
        AttentionCall aligned = Call(shape, ElementType.Float16);
        using AttentionHost host = CudaTest.Host(CudaTest.Open("9.0"));
        KernelVariant[] variants =
        [
            .. CudaTestAttention.Catalogue.For(ElementType.Float16, 64).ToArray().Where(
                variant => (variant.Target, variant.SliceRows) == (KernelTarget.Sm90a, 64) || (variant.Target, variant.SliceRows) == (KernelTarget.Sm80, tileRows)),
        ];
        SlicePlan plan = SlicePlanner.Plan(
            shape, ElementType.Float16, variants, _wide with { TensorFlopsPerSecond = 1e13 }, host.MeasureBudget(), aligned.Planning);
        Half[] query = new Half[2 * queries * 65], output = new Half[2 * queries * 64];
        for (int row = 0; row < 2 * queries; row++)
        {
            for (int d = 0; d < 64; d++)
                query[(row * 65) + d] = (Half)aligned.Query[(row * 64) + d];
        }

        RunReport report = host.Run<Half>(
            plan, query, Array.ConvertAll(aligned.Key, x => (Half)x), Array.ConvertAll(aligned.Value, x => (Half)x), output, new() { QueryStrides = odd });

        Assert.AreEqual((KernelTarget.Sm90a, KernelTarget.Sm80), (plan.Variant.Target, report.Plan.Variant.Target));
        Assert.IsGreaterThan(1, plan.KeySplits);
        Assert.AreEqual(keepsSplits ? plan.KeySplits : 1, report.Plan.KeySplits);
        Assert.IsLessThanOrEqualTo(plan.WorkspaceBytes, report.WorkspaceBytes);
        Assert.IsLessThan(1e-3, AttentionResult.RelativeError(aligned.Reference().Output, Array.ConvertAll(output, x => (float)x)));
    }

    [TestMethod]
    public void ArgumentsOfAnotherPlan_AreRefused()
    {
        using CudaDevice device = CudaTest.Open();
        using DeviceCall call = new(device, AttentionCall.Random(new(1, 1, 64, 64, 40), ElementType.Float32));

        var exception = Assert.ThrowsExactly<ArgumentException>(() => CudaTest.Host(device).Launch(call.Plan, call.Arguments with { KeySplits = 2 }));
        Assert.Contains("key splits", exception.Message);
    }

    private static AttentionCall Call(AttentionShape shape, ElementType elementType, AttentionOptions? options = null) =>
        AttentionCall.Random(shape, elementType, options) with
        {
            Profile = _wide,
            Planning = new() { Family = KernelFamily.Streaming, Causal = options?.Causal ?? false },
        };

    private static IEnumerable<AttentionOptions> Options(AttentionShape shape)
    {
        // A mask that hides the first 100 keys, which are whole splits, from everyone, and all keys from every third query.
        bool[] hidden = new bool[shape.Queries * shape.Keys];
        for (int i = 0; i < hidden.Length; i++)
            hidden[i] = i / shape.Keys % 3 != 1 && i % shape.Keys >= 100;

        yield return new();
        yield return new() { Causal = true };
        yield return new() { Mask = CpuKernelTests.RandomMask(false, 1, shape.Heads, 1, shape.Keys, 7), Layout = AttentionLayout.BatchRowsHeads };
        yield return new() { Mask = AttentionMask.Boolean(hidden, 1, 1, shape.Queries, shape.Keys) };
    }
}
