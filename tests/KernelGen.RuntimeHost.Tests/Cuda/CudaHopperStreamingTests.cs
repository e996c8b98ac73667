using KernelGen.Execution;
using KernelGen.Kernels;
using KernelGen.Reference;
using KernelGen.RuntimeHost.Tests.Cpu;
using KernelGen.RuntimeHost.Tests.Reference;
using KernelGen.Tensors;

namespace KernelGen.RuntimeHost.Tests.Cuda;

/// <summary>
/// The streaming kernels of the target <c>sm90a</c>, whose warpgroups go at their own pace: under several orders of threads and of copies
/// landing.
/// </summary>
[TestClass]
[ResourceLock(CudaTest.Resource)]
[MemberCondition(typeof(CudaTest), nameof(CudaTest.HasEmulator), IgnoreMessage = CudaTest.NoEmulator)]
public sealed class CudaHopperStreamingTests
{
    private static readonly string[] _seeds = ["1", "2", "7", "77"];

    public static IEnumerable<object[]> Vectors => GoldenVector.Names.Select(name => new object[] { name });

    [TestMethod]
    [DynamicData(nameof(Vectors))]
    public void GoldenVector_OnEveryTile_HasTheSameBitsInEveryOrder(string name)
    {
        GoldenVector vector = GoldenVector.Read(name);
        ElementType elementType = vector.ElementType == ElementType.Float32 ? ElementType.Float16 : vector.ElementType;

        // Vectors in fp32 are rounded first, so that the reference is that of what the kernel is given.
        AttentionCall call =
            vector.Call with { Query = Rounded(vector.Call.Query), Key = Rounded(vector.Call.Key), Value = Rounded(vector.Call.Value) };
        double[] expected = vector.ElementType == elementType ? vector.Expected : call.Reference().Output;
        using AttentionHost host = CudaTest.Host(CudaTest.Open("9.0"));
        KernelCatalogue catalogue = CudaTestAttention.Of(KernelTarget.Sm90a);
        KernelVariant[] variants =
            [.. catalogue.For(elementType, call.Shape.HeadDim).ToArray()
                .Where(variant => variant is { Family: KernelFamily.Streaming, MaximumKeys: 0 })];
        float[]? first = null;
        foreach (int rows in variants.Select(variant => variant.SliceRows).Distinct())
        {
            foreach (string seed in _seeds)
            {
                Emulator.Set("SEED", seed);
                AttentionCall planned = call with { Planning = new() { Family = KernelFamily.Streaming, SliceRows = rows } };
                float[] actual = planned.Run(host, new(nameof(CudaTestAttention), variants), elementType, out RunReport report);

                Assert.AreEqual((KernelTarget.Sm90a, rows), (report.Plan.Variant.Target, report.Plan.Variant.SliceRows));
                first ??= actual;
                SameBits.Assert(first, actual, $"{rows} rows, seed {seed}");
            }
        }

        // Scores in the thousands: rounding of the scores is magnified by the exponential.
        double bound = CudaTest.Bound(variants[0]) * (name.StartsWith("large_logits", StringComparison.Ordinal) ? 50 : 1);
        Assert.IsLessThan(bound, RelativeError.Of(expected, first!));

        float[] Rounded(float[] numbers) => elementType == ElementType.Float16 ? Array.ConvertAll(numbers, x => (float)(Half)x) : numbers;
    }

    [TestMethod]
    [DataRow(ElementType.Float16, true, 0, DisplayName = "causal")]
    [DataRow(ElementType.BFloat16, false, 0, DisplayName = "the last keys")]
    [DataRow(ElementType.Float16, true, 1, DisplayName = "causal, with a Boolean mask")]
    public void Clusters_GiveTheBitsOfSingleBlocks_WhateverTheValues(ElementType elementType, bool causal, int masks)
    {
        // Three tiles of rows: the second cluster's second block has none. Values that are cleaned are stored to a stage that the other
        // block copies to.
        AttentionShape shape = new(1, 2, 300, 500, 128);
        AttentionOptions options =
            new() { Causal = causal, Mask = masks == 0 ? null : CpuKernelTests.RandomMask(true, 1, 1, 300, 500, seed: 3) };
        AttentionCall call = AttentionCall.Random(shape, elementType, options) with
            { Planning = new() { Family = KernelFamily.Streaming, Causal = causal } };
        for (int i = 7; i < call.Value.Length; i += 4001)
            call.Value[i] = (i % 3) switch { 0 => float.NaN, 1 => float.PositiveInfinity, _ => float.NegativeInfinity };
        using AttentionHost host = CudaTest.Host(CudaTest.Open("9.0"));
        float[] Run(int rows)
        {
            float[] output = (call with { Planning = call.Planning with { SliceRows = rows } })
                .Run(host, CudaTestAttention.Of(KernelTarget.Sm90a), elementType, out RunReport report);
            Assert.AreEqual(rows, report.Plan.Variant.SliceRows);
            return output;
        }

        float[] expected = Run(128);
        Assert.IsTrue(Array.Exists(expected, float.IsNaN) && Array.Exists(expected, float.IsFinite));
        foreach (string seed in _seeds)
        {
            Emulator.Set("SEED", seed);
            SameBits.Assert(expected, Run(256), $"seed {seed}");
        }
    }

    [TestMethod]
    [DataRow(40, ElementType.Float16)]
    [DataRow(72, ElementType.BFloat16)]
    [DataRow(80, ElementType.Float16)]
    [DataRow(128, ElementType.BFloat16)]
    public void RandomLengthsMasksAndHeads_AgreeWithTheReference(int headDim, ElementType elementType)
    {
        using AttentionHost host = CudaTest.Host(CudaTest.Open("9.0"));
        Random random = new(headDim);
        for (int round = 0; round < 6; round++)
        {
            int keyValueHeads = random.Next(1, 3);
            AttentionShape shape =
                new(random.Next(1, 3), keyValueHeads * random.Next(1, 3), random.Next(1, 400), random.Next(1, 400), headDim, keyValueHeads);
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

            // Large scores, so that most probabilities are tiny.
            AttentionCall call = AttentionCall.Random(shape, elementType, options, seed: round, amplitude: round % 2 == 0 ? 1 : 3) with
            {
                Planning = new() { Family = KernelFamily.Streaming, Causal = options.Causal == true },
            };
            AttentionResult expected = call.Reference();
            float[] actual = call.Run(host, CudaTestAttention.Of(KernelTarget.Sm90a), elementType, out RunReport report);

            string what = $"{report.Plan.Variant.Id}, round {round}: {shape}";
            Assert.IsLessThan(CudaTest.Bound(report.Plan.Variant), RelativeError.Of(expected.Output, actual), what);
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

    [TestMethod]
    [DataRow(0, DisplayName = "a key whose power of two the unit makes")]
    [DataRow(60, DisplayName = "a key whose power of two is a polynomial")]
    public void ABadKey_SpoilsEveryRowThatSeesIt(int key)
    {
        AttentionShape shape = new(1, 1, 70, 150, 40);
        using AttentionHost host = CudaTest.Host(CudaTest.Open("9.0"));
        AttentionCall call = AttentionCall.Random(shape, ElementType.Float16, new() { Causal = true });
        call.Key[(key * 40) + 3] = float.NaN;
        float[] actual = call.Run(host, CudaTestAttention.Of(KernelTarget.Sm90a), ElementType.Float16, out _);

        for (int i = 0; i < actual.Length; i++)
            Assert.AreEqual(i / 40 >= key, float.IsNaN(actual[i]), $"row {i / 40}");
    }
}
