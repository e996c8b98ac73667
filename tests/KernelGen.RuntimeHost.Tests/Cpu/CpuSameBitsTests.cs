using KernelGen.Cpu;
using KernelGen.Execution;
using KernelGen.Kernels;
using KernelGen.Planning;
using KernelGen.RuntimeHost.Tests.Reference;
using KernelGen.Tensors;

namespace KernelGen.RuntimeHost.Tests.Cpu;

[TestClass]
public sealed class CpuSameBitsTests
{
    [TestMethod]
    [DataRow(KernelFamily.Streaming, false, false)]
    [DataRow(KernelFamily.Streaming, true, true)]
    [DataRow(KernelFamily.Materialized, false, true)]
    [DataRow(KernelFamily.Materialized, true, false)]
    public void SlicesThreadsAndPaths_DoNotChangeABit(KernelFamily family, bool causal, bool masked)
    {
        AttentionShape shape = new(1, 3, 500, 1700, 40);
        AttentionMask? mask = masked ? CpuKernelTests.RandomMask(true, 1, 1, 500, 1700, 3) : null;
        CpuCall call = CpuCall.Random(shape, ElementType.Float32, new() { Causal = causal, Mask = mask }) with
        {
            Planning = new() { Family = family },
        };
        float[] expected = call.Run(ElementType.Float32, out RunReport whole);
        HashSet<int> sliceCounts = [];
        foreach (CpuVectorPath path in CpuCall.SupportedPaths)
        {
            foreach (int threads in new[] { 1, 2, 3 })
            {
                // From plenty down to a single tile at a time.
                foreach (long divisor in new long[] { 1, 2, 3, 7, 11 })
                {
                    long free = Math.Max(whole.WorkspaceBytes / divisor * 2, Smallest(whole, threads));
                    float[] actual =
                        (call with { Path = path, Threads = threads, FreeBytes = free }).Run(ElementType.Float32, out RunReport report);

                    sliceCounts.Add(report.Slices);
                    SameBits.Assert(expected, actual, $"{path}, {threads} threads, {report.Slices} slices");
                }
            }
        }

        if (family == KernelFamily.Materialized)
            Assert.IsGreaterThan(2, sliceCounts.Count);
    }

    [TestMethod]
    [DataRow("doggettx")]
    [DataRow("v1")]
    [DataRow("sub-quadratic")]
    public void RaggedSlicesOfPresets_DoNotChangeABit(string policy)
    {
        AttentionShape shape = new(1, 2, 450, 333, 64);
        CpuCall call = CpuCall.Random(shape, ElementType.Float16, new() { Causal = true });
        float[] expected = (call with { Planning = new() { Family = KernelFamily.Materialized } }).Run(ElementType.Float16);
        CpuCall preset = call with { Planning = new() { Policy = policy, Family = KernelFamily.Materialized }, FreeBytes = 500_000 };

        SameBits.Assert(expected, preset.Run(ElementType.Float16, out RunReport report), report.Plan.ToString());
    }

    [TestMethod]
    public void ARow_DoesNotDependOnItsNeighbours()
    {
        CpuCall call = CpuCall.Random(new(1, 1, 300, 260, 80), ElementType.Float32);
        float[] all = call.Run(ElementType.Float32);
        for (int row = 0; row < 300; row += 37)
        {
            CpuCall alone = call with { Shape = new(1, 1, 1, 260, 80), Query = call.Query[(row * 80)..((row + 1) * 80)] };

            SameBits.Assert(all.AsSpan(row * 80, 80), alone.Run(ElementType.Float32));
        }
    }

    [TestMethod]
    [DataRow(KernelFamily.Streaming)]
    [DataRow(KernelFamily.Materialized)]
    public void SignOfAZero_DoesNotTellTheTile(KernelFamily family)
    {
        // Row 1 sees zeros and the least negative number: its result is a zero whose sign hidden keys of its tile, times a weight of 0,
        // could turn.
        AttentionShape shape = new(1, 1, 300, 300, 8);
        float[] value = new float[300 * 8];
        value.AsSpan(8, 8).Fill(-float.Epsilon);
        value.AsSpan(16).Fill(1);
        CpuCall call = CpuCall.Random(shape, ElementType.Float32, new() { Causal = true }) with
        {
            Value = value, Planning = new() { Family = family },
        };
        float[] whole = call.Run(ElementType.Float32);

        CpuCall firstRows = call with { Shape = new(1, 1, 2, 300, 8), Query = call.Query[..16] };

        SameBits.Assert(whole.AsSpan(0, 16), firstRows.Run(ElementType.Float32));
    }

    private static long Smallest(RunReport report, int threads)
    {
        SlicePlan plan = report.Plan;
        return (plan.Variant.Footprint.Bytes(1, 1, plan.Shape.Keys, threads) * 12 / 10) + 64;
    }
}
