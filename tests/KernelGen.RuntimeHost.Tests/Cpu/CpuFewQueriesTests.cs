using KernelGen.Cpu;
using KernelGen.Execution;
using KernelGen.Kernels;
using KernelGen.Planning;
using KernelGen.RuntimeHost.Tests.Reference;
using KernelGen.Tensors;

namespace KernelGen.RuntimeHost.Tests.Cpu;

/// <summary>The kernel for few queries beside that for many: the same bits, whatever the call and however it runs.</summary>
[TestClass]
public sealed class CpuFewQueriesTests
{
    private static readonly int[] _headDims = [8, 24, 40, 64, 72, 80, 128, 160, 512];
    private static readonly float[] _bad = [float.NaN, float.PositiveInfinity, float.NegativeInfinity];

    [TestMethod]
    [DataRow(ElementType.Float32)]
    [DataRow(ElementType.Float16)]
    [DataRow(ElementType.BFloat16)]
    public void EveryCall_HasTheBitsOfTheKernelForMany(ElementType elementType)
    {
        Random random = new(3);
        for (int i = 0; i < 60; i++)
        {
            int group = new[] { 1, 2, 3, 4, 7, 16 }[random.Next(6)];
            int keys = random.Next(3) switch { 0 => random.Next(1, 60), 1 => random.Next(60, 1500), _ => random.Next(1430, 3500) };
            int keyValueHeads = random.Next(1, 4);
            AttentionShape shape = new(
                random.Next(1, 3), keyValueHeads * group, random.Next(1, (16 / group) + 1), keys, _headDims[i % _headDims.Length],
                keyValueHeads);
            AttentionMask? mask = random.Next(3) switch
            {
                0 => CpuKernelTests.RandomMask(true, 1, random.Next(2) == 0 ? 1 : shape.Heads, shape.Queries, keys, i),
                1 => CpuKernelTests.RandomMask(false, shape.Batch, 1, 1, keys, i),
                _ => null,
            };
            AttentionOptions options = new()
            {
                Causal = random.Next(4) == 0,
                Mask = mask,
                Layout = random.Next(2) == 0 ? AttentionLayout.BatchHeadsRows : AttentionLayout.BatchRowsHeads,
            };
            CpuCall call = CpuCall.Random(shape, elementType, options, seed: i);
            if (random.Next(3) == 0)
                call = call with { Value = WithBadNumbers(call.Value, random), Key = WithBadNumbers(call.Key, random) };

            AssertSame(call, elementType, random.Next(1, 4));
        }
    }

    [TestMethod]
    public void SlicesThreadsAndPaths_DoNotChangeABit()
    {
        AttentionShape shape = new(2, 6, 5, 4000, 40, keyValueHeads: 2);
        CpuCall call = CpuCall.Random(shape, ElementType.Float32) with { Planning = new() { SliceRows = 16 } };
        float[] expected = (call with { Planning = new() { SliceRows = 128 } }).Run(ElementType.Float32);
        HashSet<int> sliceCounts = [];
        foreach (CpuVectorPath path in CpuCall.SupportedPaths)
        {
            foreach (int threads in new[] { 1, 2, 3, 8 })
            {
                foreach (long free in new[] { 1L << 30, 1_000_000, 400_000, 180_000 })
                {
                    CpuCall slices = call with { Path = path, Threads = threads, FreeBytes = free };
                    float[] actual;
                    RunReport report;
                    try
                    {
                        actual = slices.Run(ElementType.Float32, out report);
                    }
                    catch (AttentionMemoryException)
                    {
                        // Every worker that a row keeps busy has scratch.
                        Assert.IsLessThan(threads * 160_000L, free);
                        continue;
                    }

                    sliceCounts.Add(report.Slices);
                    SameBits.Assert(expected, actual, $"{path}, {threads} threads, {report.Slices} slices");
                }
            }
        }

        Assert.IsGreaterThan(2, sliceCounts.Count);
    }

    [TestMethod]
    [DataRow(4, 4, 1, true)]
    [DataRow(1, 1, 16, true)]
    [DataRow(1, 1, 17, false)]
    [DataRow(16, 1, 1, true)]
    [DataRow(32, 8, 4, true)]
    [DataRow(32, 8, 5, false)]
    public void Planner_TakesItWhereSixteenRowsShareKeys(int heads, int keyValueHeads, int queries, bool isFew)
    {
        using AttentionHost host = AttentionHost.CreateDefault(new() { Device = DeviceKind.Cpu, Threads = 2, FreeBytes = 1L << 30 });
        SlicePlan plan = host.Plan<float>(CpuTestAttention.Catalogue, new(1, heads, queries, 4096, 64, keyValueHeads));

        Assert.AreEqual(isFew ? "streaming-cpu-f32-d64-r16" : "streaming-cpu-f32-d64-r128", plan.Variant.Id);
        string few = plan.Explain().Split('\n').Single(line => line.Contains("d64-r16 ", StringComparison.Ordinal));
        StringAssert.Contains(few, isFew ? "taken: fastest that fits" : "too many rows share keys");
    }

    private static void AssertSame(CpuCall call, ElementType elementType, int threads)
    {
        int rows = call.Shape.Batch * call.Shape.Heads * call.Shape.Queries;
        float[] expectedSums = new float[rows];
        float[] expected = (call with
        {
            Planning = new() { SliceRows = 128, Family = KernelFamily.Streaming },
            Options = call.Options with { LogSumExp = expectedSums },
        }).Run(elementType, out RunReport many);
        Assert.IsFalse(many.Plan.Variant.Footprint.ChunksApart);
        foreach (CpuVectorPath path in CpuCall.SupportedPaths)
        {
            float[] sums = new float[rows];
            float[] actual = (call with
            {
                Path = path, Threads = threads, Planning = new() { SliceRows = 16 }, Options = call.Options with { LogSumExp = sums },
            }).Run(elementType, out RunReport few);

            Assert.IsTrue(few.Plan.Variant.Footprint.ChunksApart);
            string what = $"{few.Plan.Variant.Id}, {call.Shape}, {path}, causal {call.Options.Causal}, mask {call.Options.Mask}";
            SameBits.Assert(OneNaN(expected), OneNaN(actual), what);
            SameBits.Assert(OneNaN(expectedSums), OneNaN(sums), what);
        }
    }

    private static float[] WithBadNumbers(ReadOnlySpan<float> numbers, Random random)
    {
        float[] bad = numbers.ToArray();
        for (int i = 0; i < 3; i++)
            bad[random.Next(bad.Length)] = _bad[random.Next(_bad.Length)];

        return bad;
    }

    // Which NaN comes of two is the processor's business.
    private static float[] OneNaN(float[] numbers) => [.. numbers.Select(static number => float.IsNaN(number) ? float.NaN : number)];
}
