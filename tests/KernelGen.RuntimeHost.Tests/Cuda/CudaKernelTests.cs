using KernelGen.Cuda;
using KernelGen.Execution;
using KernelGen.Kernels;
using KernelGen.Reference;
using KernelGen.RuntimeHost.Tests.Cpu;
using KernelGen.RuntimeHost.Tests.Reference;
using KernelGen.Tensors;

namespace KernelGen.RuntimeHost.Tests.Cuda;

[TestClass]
[ResourceLock(CudaTest.Resource)]
[MemberCondition(typeof(CudaTest), nameof(CudaTest.HasDevice), IgnoreMessage = CudaTest.NoDevice)]
public sealed class CudaKernelTests
{
    private static readonly KernelFamily[] _families = [KernelFamily.Streaming, KernelFamily.Materialized];

    public static IEnumerable<object[]> Vectors => GoldenVector.Names.Select(name => new object[] { name });

    [TestMethod]
    [DynamicData(nameof(Vectors))]
    public void GoldenVector_IsWithinTheBound_ForEveryTargetAndFamily(string name)
    {
        GoldenVector vector = GoldenVector.Read(name);
        foreach (string capability in Capabilities())
        {
            using AttentionHost host = CudaTest.Host(CudaTest.Open(capability));

            // What 9.0 adds; the rest is what 8.0 runs.
            foreach ((AttentionCall call, KernelCatalogue catalogue) in Ways(host, vector.Call, vector.ElementType)
                .Where(way => capability != "9.0" || way.Catalogue.Variants[0].Target == KernelTarget.Sm90a))
            {
                float[] actual = call.Run(host, catalogue, vector.ElementType, out RunReport report);

                // Scores in the thousands: rounding of the scores is magnified by the exponential.
                double bound = CudaTest.Bound(report.Plan.Variant) * (name.StartsWith("large_logits", StringComparison.Ordinal) ? 50 : 1);
                Assert.IsLessThan(bound, RelativeError.Of(vector.Expected, actual), $"{report.Plan.Variant.Id}, {capability}");
                Assert.AreEqual(report.Plan.WorkspaceBytes, report.WorkspaceBytes);
                Assert.AreEqual(report.Plan.SliceCount, report.Slices);
            }
        }
    }

    [TestMethod]
    [DataRow("8.0", ElementType.Float16, KernelTarget.Sm80)]
    [DataRow("8.0", ElementType.Float32, KernelTarget.Simt)]
    [DataRow("7.5", ElementType.Float16, KernelTarget.Simt)]
    [MemberCondition(typeof(CudaTest), nameof(CudaTest.HasEmulator), IgnoreMessage = CudaTest.NoEmulator)]
    public void TensorCores_AreTakenWhereThereAreAny(string capability, ElementType elementType, KernelTarget target)
    {
        using AttentionHost host = CudaTest.Host(CudaTest.Open(capability));
        AttentionCall.Random(new(1, 2, 64, 64, 40), elementType).Run(host, CudaTestAttention.Catalogue, elementType, out RunReport report);

        Assert.AreEqual(target, report.Plan.Variant.Target);
    }

    [TestMethod]
    [DataRow(40, ElementType.Float32)]
    [DataRow(64, ElementType.Float16)]
    [DataRow(80, ElementType.BFloat16)]
    public void RandomLengthsMasksAndHeads_AgreeWithTheReference(int headDim, ElementType elementType)
    {
        using AttentionHost host = CudaTest.Host(CudaTest.Open());
        Random random = new(headDim);
        for (int round = 0; round < 6; round++)
        {
            int keyValueHeads = random.Next(1, 3);
            AttentionShape shape =
                new(random.Next(1, 3), keyValueHeads * random.Next(1, 3), random.Next(1, 150), random.Next(1, 200), headDim, keyValueHeads);
            float[] logSumExp = new float[shape.TotalHeads * shape.Queries];
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
            };
            AttentionCall plain = AttentionCall.Random(shape, elementType, options, seed: round);
            AttentionResult expected = plain.Reference();
            foreach ((AttentionCall call, KernelCatalogue catalogue) in Ways(host, plain, elementType))
            {
                float[] actual = call.Run(host, catalogue, elementType, out RunReport report);

                string what = $"{report.Plan.Variant.Id}, round {round}: {shape}";
                Assert.IsLessThan(CudaTest.Bound(report.Plan.Variant), RelativeError.Of(expected.Output, actual), what);
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
    public void PaddedOutput_KeepsWhatLiesBetweenItsRows()
    {
        AttentionShape shape = new(1, 2, 37, 45, 40);
        using AttentionHost host = CudaTest.Host(CudaTest.Open());
        AttentionCall call = AttentionCall.Random(shape, ElementType.Float32);
        TensorStrides strides = new(0, 48, 101);
        float[] output = new float[strides.Extent(1, 2, 37, 40)];
        Array.Fill(output, 123.5f);
        host.Run<float>(host.Plan<float>(CudaTestAttention.Catalogue, shape), call.Query, call.Key, call.Value, output,
            new() { OutputStrides = strides });

        bool[] written = new bool[output.Length];
        for (int row = 0; row < 37; row++)
        {
            for (int head = 0; head < 2; head++)
                written.AsSpan((row * 101) + (head * 48), 40).Fill(true);
        }

        for (int i = 0; i < output.Length; i++)
            Assert.AreEqual(!written[i], output[i] == 123.5f, $"element {i}");
    }

    [TestMethod]
    public void Map_HoldsTheProbabilities()
    {
        AttentionShape shape = new(1, 2, 70, 130, 64);
        float[] map = new float[shape.ScoreElements];
        AttentionCall call = AttentionCall.Random(shape, ElementType.Float32, new() { Map = map, Causal = true }) with
        {
            Planning = new() { CaptureMap = true },
        };
        using AttentionHost host = CudaTest.Host(CudaTest.Open());
        call.Run(host, CudaTestAttention.Catalogue, ElementType.Float32, out _);

        Assert.IsLessThan(2e-6, RelativeError.Of(call.Reference().Map, map));
    }

    [TestMethod]
    public void NoKeys_GiveZeros_AndNoQueries_IsNoWork()
    {
        using AttentionHost host = CudaTest.Host(CudaTest.Open());
        foreach (KernelFamily family in _families)
        {
            AttentionCall noKeys =
                AttentionCall.Random(new(1, 1, 7, 0, 40), ElementType.Float32) with { Planning = new() { Family = family } };
            Assert.AreSequenceEqual(new float[7 * 40], noKeys.Run(host, CudaTestAttention.Catalogue, ElementType.Float32, out _));

            AttentionCall noQueries =
                AttentionCall.Random(new(1, 1, 0, 5, 40), ElementType.Float32) with { Planning = new() { Family = family } };
            Assert.IsEmpty(noQueries.Run(host, CudaTestAttention.Catalogue, ElementType.Float32, out RunReport report));
            Assert.AreEqual(0, report.WorkspaceBytes);
        }
    }

    [TestMethod]
    public void ABadQuery_SpoilsItsOwnRowOnly_AndIsCounted()
    {
        using AttentionHost host = CudaTest.Host(CudaTest.Open());
        AttentionCall clean = AttentionCall.Random(new(1, 2, 70, 90, 40), ElementType.Float32, new() { CheckFinite = true });
        float[] query = [.. clean.Query];
        query[(17 * 40) + 3] = float.NaN;
        foreach ((AttentionCall call, KernelCatalogue catalogue) in Ways(host, clean, ElementType.Float32))
        {
            float[] expected = call.Run(host, catalogue, ElementType.Float32, out RunReport report);
            Assert.AreEqual(0, report.NonFiniteRows);
            float[] actual = (call with { Query = query }).Run(host, catalogue, ElementType.Float32, out report);

            Assert.AreEqual(1, report.NonFiniteRows, report.Plan.Variant.Id);
            for (int i = 0; i < actual.Length; i++)
            {
                if (i / 40 != 17)
                    Assert.AreEqual(expected[i], actual[i], report.Plan.Variant.Id);
            }
        }
    }

    [TestMethod]
    [DataRow(ElementType.Float32)]
    [DataRow(ElementType.Float16)]
    public void Slices_DoNotChangeABit(ElementType elementType)
    {
        AttentionCall sliced = AttentionCall.Random(new(1, 3, 300, 260, 40), elementType, new() { Causal = true });
        using CudaDevice device = CudaTest.Open();
        foreach ((AttentionCall call, KernelCatalogue catalogue) in Ways(CudaTest.Host(device), sliced, elementType))
        {
            float[] whole = call.Run(CudaTest.Host(device), catalogue, elementType, out RunReport report);
            HashSet<int> sliceCounts = [report.Slices];
            foreach (long divisor in new long[] { 2, 5, 11, 1000 })
            {
                // A little more than one tile of one head is the least.
                long free = Math.Max(report.WorkspaceBytes / divisor, report.Plan.Variant.Footprint.ScoreBytes(1, 1, 260)) * 12 / 10;
                SameBits.Assert(whole, call.Run(CudaTest.Host(device, free), catalogue, elementType, out RunReport slicedReport));
                Assert.AreEqual(slicedReport.Plan.WorkspaceBytes, slicedReport.WorkspaceBytes);
                sliceCounts.Add(slicedReport.Slices);
            }

            foreach (string policy in new[] { "doggettx", "v1", "invokeai" })
            {
                AttentionCall preset = call with { Planning = call.Planning with { Policy = policy } };
                SameBits.Assert(
                    whole, preset.Run(CudaTest.Host(device, 400_000), catalogue, elementType, out RunReport presetReport), policy);
                sliceCounts.Add(presetReport.Slices);
            }

            if (call.Planning.Family == KernelFamily.Materialized)
                Assert.IsGreaterThan(4, sliceCounts.Count);
        }
    }

    /// <summary>The call on every target that the device runs, in every family.</summary>
    private static IEnumerable<(AttentionCall Call, KernelCatalogue Catalogue)> Ways(
        AttentionHost host, AttentionCall call, ElementType elementType) =>
        from target in host.Device.Targets
        let catalogue = CudaTestAttention.Of(target)
        from family in _families
        where catalogue.Variants.ToArray()
            .Any(variant => variant.ElementType == elementType && variant.HeadDim == call.Shape.HeadDim && variant.Family == family)
        select (call with { Planning = call.Planning with { Family = family } }, catalogue);

    private static string[] Capabilities() => CudaTest.UsesGpu ? ["its own"] : ["7.5", "8.0", "9.0"];
}
