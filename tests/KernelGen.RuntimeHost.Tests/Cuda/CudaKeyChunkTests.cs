using KernelGen.Cuda;
using KernelGen.Execution;
using KernelGen.Kernels;
using KernelGen.Planning;
using KernelGen.Reference;
using KernelGen.RuntimeHost.Tests.Reference;
using KernelGen.Tensors;

namespace KernelGen.RuntimeHost.Tests.Cuda;

/// <summary>
/// Calls with several chunks of keys, by blocks that go over all of them and by blocks that share rows. The emulator's own tests go through
/// masks, causality, slices and values that are no numbers with kernels whose chunks are short.
/// </summary>
[TestClass]
[ResourceLock(CudaTest.Resource)]
[MemberCondition(typeof(CudaTest), nameof(CudaTest.HasDevice), IgnoreMessage = CudaTest.NoDevice)]
public sealed class CudaKeyChunkTests
{
    /// <summary>Slices and merging cost nothing, and there are many multiprocessors, so that blocks share rows.</summary>
    private static readonly DeviceProfile _wide =
        new(Workers: 0, FlopsPerSecond: 1e12, BytesPerSecond: 1e12, SliceSeconds: 1e-9, TotalMemoryBytes: 1L << 31)
    {
        ParallelTiles = 32,
        ExperimentalKernels = CudaTest.AllHopper,
    };

    [TestMethod]
    [DataRow(KernelTarget.Simt, ElementType.Float32, 40)]
    [DataRow(KernelTarget.Simt, ElementType.BFloat16, 72)]
    [DataRow(KernelTarget.Sm80, ElementType.Float16, 64)]
    [DataRow(KernelTarget.Sm90a, ElementType.Float16, 40)]
    [DataRow(KernelTarget.Sm90a, ElementType.Float32, 64)]
    public void BlocksThatShareRows_GiveTheBitsOfThoseThatDoNot(KernelTarget target, ElementType elementType, int headDim)
    {
        using AttentionHost host = CudaTest.Host(CudaTest.Open(CudaTest.CapabilityFor(target)));
        if (!host.Device.Targets.Contains(target))
            Assert.Inconclusive("The GPU does not run this target.");

        AttentionShape shape = new(1, 1, 37, 8300, headDim);
        foreach (AttentionOptions options in Options(shape))
        {
            float[] logSumExp = new float[shape.TotalHeads * shape.Queries];
            AttentionCall call = Call(shape, elementType, options with { LogSumExp = logSumExp });
            AttentionResult expected = call.Reference();
            float[] shared = call.Run(host, CudaTestAttention.Of(target), elementType, out RunReport report);
            float[] sharedLogSumExp = [.. logSumExp];
            float[] alone = (call with { Profile = _wide with { ParallelTiles = 1 } })
                .Run(host, CudaTestAttention.Of(target), elementType, out RunReport inPlace);

            string what = $"{report.Plan}: causal {options.Causal}, mask {options.Mask?.Kind}";
            int chunks = report.Plan.KeyChunks;
            Assert.AreEqual((3, options.Causal == true ? 1 : 3, 1), (chunks, report.Plan.KeySplits, inPlace.Plan.KeySplits), what);
            SameBits.Assert(shared, alone, what);
            SameBits.Assert(sharedLogSumExp, logSumExp, what);
            Assert.IsLessThan(CudaTest.Bound(report.Plan.Variant), RelativeError.Of(expected.Output, alone), what);
            Assert.AreEqual(
                (report.Plan.WorkspaceBytes, inPlace.Plan.WorkspaceBytes), (report.WorkspaceBytes, inPlace.WorkspaceBytes), what);
            Assert.AreEqual(report.Plan.KeySplits * inPlace.WorkspaceBytes, report.WorkspaceBytes, what);
            for (int row = 0; row < logSumExp.Length; row++)
            {
                if (double.IsInfinity(expected.LogSumExp[row]))
                    Assert.AreEqual(float.NegativeInfinity, logSumExp[row], what);
                else
                    Assert.AreEqual(expected.LogSumExp[row], logSumExp[row],
                        CudaTest.LogSumExpBound(report.Plan.Variant, expected.LogSumExp[row]), what);
            }
        }
    }

    // Tensor cores cut their sums off. In one chain, 65536 values of one sign would lose 7.6e-4 of what they are on compute capability 8,
    // 4e-4 on 9.0.
    [TestMethod]
    [DataRow("8.0", KernelTarget.Sm80, KernelFamily.Streaming, ElementType.Float16, 40, 65536)]
    [DataRow("8.6", KernelTarget.Sm80, KernelFamily.Streaming, ElementType.BFloat16, 40, 65536)]
    [DataRow("8.9", KernelTarget.Sm80, KernelFamily.Streaming, ElementType.Float16, 512, 16384)]
    [DataRow("8.0", KernelTarget.Sm80, KernelFamily.Materialized, ElementType.Float16, 40, 65536)]
    [DataRow("9.0", KernelTarget.Sm80, KernelFamily.Streaming, ElementType.Float16, 40, 65536)]
    [DataRow("9.0", KernelTarget.Sm90a, KernelFamily.Streaming, ElementType.Float16, 40, 65536)]
    [DataRow("9.0", KernelTarget.Sm90a, KernelFamily.Streaming, ElementType.BFloat16, 40, 65536)]
    [DataRow("9.0", KernelTarget.Sm90a, KernelFamily.Streaming, ElementType.Float16, 512, 16384)]
    [DataRow("9.0", KernelTarget.Sm90a, KernelFamily.Streaming, ElementType.Float32, 40, 65536)]
    [DataRow("9.0", KernelTarget.Sm90a, KernelFamily.Materialized, ElementType.Float16, 40, 65536)]
    [MemberCondition(typeof(CudaTest), nameof(CudaTest.HasEmulator), IgnoreMessage = CudaTest.NoEmulator)]
    public void ValuesOfOneSign_DriftNoFurtherThanAChunkLetsThem(
        string capability, KernelTarget target, KernelFamily family, ElementType elementType, int headDim, int keys)
    {
        using AttentionHost host = CudaTest.Host(CudaTest.Open(capability));
        AttentionCall call = AttentionCall.Random(new(1, 1, 16, keys, headDim), elementType);
        call = call with { Value = Array.ConvertAll(call.Value, value => 1 + Math.Abs(value)), Planning = new() { Family = family } };
        call = call with { Value = Array.ConvertAll(call.Value, value => Narrow(value, elementType)) };
        double[] expected = call.Reference().Output;

        float[] actual = call.Run(host, CudaTestAttention.Of(target), elementType, out RunReport report);

        // What rounding the output does is of either sign.
        double bias = expected.Zip(actual, static (right, got) => (got / right) - 1).Average();
        Assert.IsLessThan(elementType == ElementType.Float32 ? 1e-6 : 1e-4, Math.Abs(bias), $"{report.Plan}: {bias:e2}");
        Assert.IsLessThan(CudaTest.Bound(report.Plan.Variant), RelativeError.Of(expected, actual), $"{report.Plan}");
    }

    [TestMethod]
    [DataRow(KernelTarget.Simt, ElementType.Float32, 40)]
    [DataRow(KernelTarget.Sm80, ElementType.Float16, 40)]
    [DataRow(KernelTarget.Sm90a, ElementType.Float16, 64)]
    [MemberCondition(typeof(CudaTest), nameof(CudaTest.HasEmulator), IgnoreMessage = CudaTest.NoEmulator)]
    public void NeitherMemoryNorMultiprocessors_ChangeABit(KernelTarget target, ElementType elementType, int headDim)
    {
        AttentionCall call =
            AttentionCall.Random(new(1, 3, 140, 4500, headDim), elementType) with { Planning = new() { Family = KernelFamily.Streaming } };
        KernelCatalogue catalogue = CudaTestAttention.Of(target);
        float[]? expected = null;
        HashSet<(int Slices, int Splits)> plans = [];
        try
        {
            foreach (string multiprocessors in new[] { "1", "13", "132" })
            {
                Emulator.Set("MULTIPROCESSORS", multiprocessors);
                using CudaDevice device = CudaTest.Open(CudaTest.CapabilityFor(target));
                long workspace = 0;
                foreach (int divisor in new[] { 1, 3, 1000 })
                {
                    KernelFootprint footprint = catalogue.For(elementType, headDim).ToArray()
                        .Where(variant => variant.Family == KernelFamily.Streaming && variant.MaximumKeys == 0)
                        .Select(static variant => variant.Footprint).MinBy(static footprint => footprint.TileRows);
                    long free = divisor == 1 ? 1L << 30 : Math.Max(workspace / divisor, footprint.PartialBytesPerTile(4500, 1)) * 12 / 10;
                    float[] actual = call.Run(CudaTest.Host(device, free), catalogue, elementType, out RunReport report);
                    workspace = Math.Max(workspace, report.WorkspaceBytes);
                    expected ??= actual;
                    SameBits.Assert(expected, actual, $"{report.Plan}, {multiprocessors} multiprocessors");
                    Assert.AreEqual(report.Plan.WorkspaceBytes, report.WorkspaceBytes);
                    plans.Add((report.Slices, report.Plan.KeySplits));
                }
            }
        }
        finally
        {
            Emulator.Set("MULTIPROCESSORS", "4");
        }

        Assert.IsGreaterThan(2, plans.Count, string.Join(", ", plans));
    }

    [TestMethod]
    public void ABadQuery_SpoilsItsOwnRowOnly()
    {
        using AttentionHost host = CudaTest.Host(CudaTest.Open());
        AttentionCall call = Call(new(1, 1, 40, 8100, 40), ElementType.Float32, new() { CheckFinite = true });
        float[] query = [.. call.Query];
        query[(17 * 40) + 3] = float.NaN;
        float[] expected = call.Run(host, CudaTestAttention.Of(KernelTarget.Simt), ElementType.Float32, out _);
        foreach (int multiprocessors in new[] { 1, 32 })
        {
            AttentionCall spoiled = call with { Query = query, Profile = _wide with { ParallelTiles = multiprocessors } };
            float[] actual = spoiled.Run(host, CudaTestAttention.Of(KernelTarget.Simt), ElementType.Float32, out RunReport report);

            Assert.AreEqual(multiprocessors == 1 ? 1 : 2, report.Plan.KeySplits);
            Assert.AreEqual(1, report.NonFiniteRows);
            for (int i = 0; i < actual.Length; i++)
                Assert.IsTrue(i / 40 == 17 ? float.IsNaN(actual[i]) : actual[i] == expected[i]);
        }
    }

    [TestMethod]
    [MemberCondition(typeof(CudaTest), nameof(CudaTest.HasEmulator), IgnoreMessage = CudaTest.NoEmulator)]
    public void OutOfMemory_MakesSlicesSmaller_AndChangesNoBit()
    {
        AttentionCall call = Call(new(1, 4, 20, 8100, 40), ElementType.Float32);
        using CudaDevice device = CudaTest.Open();
        using AttentionHost host = CudaTest.Host(device);
        KernelCatalogue catalogue = CudaTestAttention.Of(KernelTarget.Simt);
        float[] expected = call.Run(host, catalogue, ElementType.Float32, out RunReport whole);
        device.Trim();
        Emulator.Set("FAIL", "cuMemAlloc:5:2");
        float[] actual = call.Run(host, catalogue, ElementType.Float32, out RunReport report);

        Assert.AreSequenceEqual(expected, actual);
        Assert.AreEqual((1, 2, 2, 2), (whole.Slices, whole.Plan.KeySplits, report.Slices, report.Plan.KeySplits));
        Assert.AreEqual(whole.WorkspaceBytes / 2, report.WorkspaceBytes);
        Assert.AreEqual(report.Plan.WorkspaceBytes, report.WorkspaceBytes);
    }

    [TestMethod]
    [MemberCondition(typeof(CudaTest), nameof(CudaTest.HasEmulator), IgnoreMessage = CudaTest.NoEmulator)]
    public void Host_SharesRowsOnTheDeviceItHas_AndMergesOnlyThen()
    {
        using CudaDevice device = CudaTest.Open();
        using AttentionHost host = CudaTest.Host(device);
        Assert.AreEqual(device.Limits.Multiprocessors, device.Profile.ParallelTiles);

        Assert.AreEqual((4, 2L), Launches(1), "one tile on four processors");
        Assert.AreEqual((1, 1L), Launches(4), "four tiles");

        (int Splits, long Launches) Launches(int heads)
        {
            AttentionCall call = AttentionCall.Random(new(1, heads, 1, 16384, 40), ElementType.Float32);
            long before = Emulator.Calls("cuLaunchKernel");
            float[] actual = call.Run(host, CudaTestAttention.Of(KernelTarget.Simt), ElementType.Float32, out RunReport report);

            Assert.IsLessThan(2e-6, RelativeError.Of(call.Reference().Output, actual));
            return (report.Plan.KeySplits, Emulator.Calls("cuLaunchKernel") - before);
        }
    }

    [TestMethod]
    [DataRow(ElementType.Float16, 64)]
    [DataRow(ElementType.BFloat16, 128)]
    [MemberCondition(typeof(CudaTest), nameof(CudaTest.HasEmulator), IgnoreMessage = CudaTest.NoEmulator)]
    public void EveryHopperTile_HasTheSameChunks_AndTheSameBits(ElementType elementType, int headDim)
    {
        AttentionCall call = Call(new(1, 1, 70, 8100, headDim), elementType);
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
            Emulator.Set("SEED", "2");
            AttentionCall other = call with { Planning = call.Planning with { SliceRows = rows } };
            SameBits.Assert(expected, other.Run(host, catalogue, elementType, out RunReport report), $"{rows} rows");
            Assert.AreEqual((rows, taken.Plan.KeyChunks), (report.Plan.Variant.SliceRows, report.Plan.KeyChunks));
        }
    }

    [TestMethod]
    [DataRow(70, 64, 2, DisplayName = "tiles of the same rows: blocks share them")]
    [DataRow(130, 128, 1, DisplayName = "larger tiles, whose partial results take more: they do not")]
    [MemberCondition(typeof(CudaTest), nameof(CudaTest.HasEmulator), IgnoreMessage = CudaTest.NoEmulator)]
    public void UnalignedTensors_RunThroughAnotherKernel_InNoMoreWorkspace(int queries, int tileRows, int splits)
    {
        AttentionShape shape = new(1, 1, queries, 8100, 64);
        TensorStrides odd = new(0, (long)queries * 65, 65);
        AttentionCall aligned = Call(shape, ElementType.Float16);
        using AttentionHost host = CudaTest.Host(CudaTest.Open("9.0"));
        KernelVariant[] variants =
        [
            .. CudaTestAttention.Catalogue.For(ElementType.Float16, 64).ToArray().Where(
                variant => (variant.Target, variant.SliceRows) == (KernelTarget.Sm90a, 64)
                    || (variant.Target, variant.SliceRows) == (KernelTarget.Sm80, tileRows)),
        ];
        SlicePlan plan = SlicePlanner.Plan(
            shape, ElementType.Float16, variants, _wide with { TensorFlopsPerSecond = 1e13 }, host.MeasureBudget(), aligned.Planning);
        Half[] query = new Half[queries * 65], output = new Half[queries * 64];
        for (int row = 0; row < queries; row++)
        {
            for (int d = 0; d < 64; d++)
                query[(row * 65) + d] = (Half)aligned.Query[(row * 64) + d];
        }

        RunReport report = host.Run<Half>(
            plan, query, Array.ConvertAll(aligned.Key, x => (Half)x), Array.ConvertAll(aligned.Value, x => (Half)x), output,
            new() { QueryStrides = odd });

        Assert.AreEqual((KernelTarget.Sm90a, KernelTarget.Sm80), (plan.Variant.Target, report.Plan.Variant.Target));
        Assert.AreEqual((2, splits), (plan.KeySplits, report.Plan.KeySplits));
        Assert.IsLessThanOrEqualTo(plan.WorkspaceBytes, report.WorkspaceBytes);
        Assert.IsLessThan(1e-3, RelativeError.Of(aligned.Reference().Output, Array.ConvertAll(output, x => (float)x)));
    }

    [TestMethod]
    public void ArgumentsOfAnotherPlan_AreRefused()
    {
        using CudaDevice device = CudaTest.Open();
        using DeviceCall call = new(device, AttentionCall.Random(new(1, 1, 64, 64, 40), ElementType.Float32));

        var exception = Assert.ThrowsExactly<ArgumentException>(() => call.Host.Launch(call.Plan, call.Arguments with { KeySplits = 2 }));
        Assert.Contains("key splits", exception.Message);
    }

    private static AttentionCall Call(AttentionShape shape, ElementType elementType, AttentionOptions? options = null) =>
        AttentionCall.Random(shape, elementType, options) with
        {
            Profile = _wide,
            Planning = new() { Family = KernelFamily.Streaming, Causal = options?.Causal ?? false },
        };

    private static float Narrow(float value, ElementType elementType) => elementType switch
    {
        ElementType.Float16 => (float)(Half)value,
        ElementType.BFloat16 => (float)(BFloat16)value,
        _ => value,
    };

    private static IEnumerable<AttentionOptions> Options(AttentionShape shape)
    {
        // A mask that hides the first 5000 keys, a whole chunk among them, from everyone but every third query, which sees no other.
        bool[] visible = new bool[shape.Queries * shape.Keys];
        for (int i = 0; i < visible.Length; i++)
            visible[i] = i % shape.Keys >= 5000 == (i / shape.Keys % 3 != 1);

        yield return new();
        yield return new() { Causal = true };
        yield return new() { Mask = AttentionMask.Boolean(visible, 1, 1, shape.Queries, shape.Keys) };
    }
}
