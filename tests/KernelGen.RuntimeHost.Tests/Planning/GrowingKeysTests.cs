using KernelGen.Cpu;
using KernelGen.Execution;
using KernelGen.Kernels;
using KernelGen.Planning;
using KernelGen.RuntimeHost.Tests.Cpu;
using KernelGen.Tensors;

namespace KernelGen.RuntimeHost.Tests.Planning;

/// <summary>A decode loop: plans for one key more each time are found, and are what the planner makes.</summary>
[TestClass]
public sealed class GrowingKeysTests
{
    private const int HeadDim = 64;

    public static IEnumerable<object[]> Loops()
    {
        foreach (int workers in (int[])[1, 2, 7])
        {
            yield return [workers, new AttentionShape(1, 32, 1, 1, HeadDim), false, 1, 8 * PlanningSetup.GiB];
            yield return [workers, new AttentionShape(2, 32, 5, 4090, HeadDim, 8), false, 1, 8 * PlanningSetup.GiB];
            yield return [workers, new AttentionShape(2, 32, 4, 1300, HeadDim, 8), true, 2, 8 * PlanningSetup.GiB];
            yield return [workers, new AttentionShape(1, 3, 300, 70, HeadDim), true, 3, 8 * PlanningSetup.GiB];
            yield return [workers, new AttentionShape(1, 32, 1, 60_000, HeadDim), false, 1, 2_000_000L];
            yield return [workers, new AttentionShape(1, 16, 700, 200, HeadDim), false, 1, 3_000_000L];
        }
    }

    [TestMethod]
    [DynamicData(nameof(Loops))]
    public void PlansThatAreFound_AreThoseThatThePlannerMakes(int workers, AttentionShape first, bool causal, int step, long freeBytes)
    {
        DeviceProfile device = CpuCapabilities.Profile(CpuVectorPath.Avx2, workers, 64 * PlanningSetup.GiB);
        KernelVariant[] variants = CpuTestAttention.Catalogue.For(ElementType.Float32, HeadDim).ToArray();
        PlanningOptions options = new() { Causal = causal };
        PlanCache cache = new();
        for (int i = 0; i < 1500; i++)
        {
            AttentionShape shape = WithKeys(first, first.Keys + (i * step));
            SlicePlan expected;
            try
            {
                expected = SlicePlanner.Plan(shape, ElementType.Float32, variants, device, PlanningSetup.Free(freeBytes), options);
            }
            catch (AttentionMemoryException)
            {
                Assert.ThrowsExactly<AttentionMemoryException>(
                    () => cache.Plan(shape, ElementType.Float32, variants, device, PlanningSetup.Free(freeBytes), options));
                continue;
            }

            SlicePlan plan = cache.Plan(shape, ElementType.Float32, variants, device, PlanningSetup.Free(freeBytes), options);
            AssertSame(expected, plan, explain: i % 97 == 0);
        }
    }

    [TestMethod]
    [DoNotParallelize]
    public void Tokens_AllocateNothing()
    {
        using AttentionHost host =
            AttentionHost.CreateDefault(new() { Device = DeviceKind.Cpu, Threads = 2, FreeBytes = PlanningSetup.GiB });
        AttentionShape shape = new(1, 32, 1, 500, HeadDim, 8);
        for (int i = 0; i < 4; i++)
            host.Plan<float>(CpuTestAttention.Catalogue, WithKeys(shape, 500 + i));

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 4; i < 1000; i++)
            host.Plan<float>(CpuTestAttention.Catalogue, WithKeys(shape, 500 + i));
        Assert.AreEqual(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [TestMethod]
    public void MemoryThatHasGone_IsPlannedAnew()
    {
        DeviceProfile device = CpuCapabilities.Profile(CpuVectorPath.Avx2, 4, 64 * PlanningSetup.GiB);
        KernelVariant[] variants = CpuTestAttention.Catalogue.For(ElementType.Float32, HeadDim).ToArray();
        PlanCache cache = new();
        AttentionShape shape = new(1, 32, 1, 500, HeadDim);
        SlicePlan last = null!;
        for (int i = 0; i < 10; i++)
            last = Plan(i, PlanningSetup.GiB);

        // Less memory than one slice takes, but enough for fewer workers at once.
        long less = (long)(last.WorkspaceBytes * 0.6);
        SlicePlan plan = Plan(10, less);
        Assert.IsLessThanOrEqualTo(less, plan.WorkspaceBytes);
        AssertSame(
            SlicePlanner.Plan(WithKeys(shape, 510), ElementType.Float32, variants, device, PlanningSetup.Free(less), new()), plan, true);

        SlicePlan Plan(int token, long bytes) => cache.Plan(
            WithKeys(shape, 500 + token), ElementType.Float32, variants, device, PlanningSetup.Free(bytes), new());
    }

    [TestMethod]
    public void PlansThatAreFound_RunAsOthersDo()
    {
        using AttentionHost host =
            AttentionHost.CreateDefault(new() { Device = DeviceKind.Cpu, Threads = 2, FreeBytes = PlanningSetup.GiB });
        for (int keys = 40; keys < 48; keys++)
        {
            CpuCall call = CpuCall.Random(new(1, 4, 1, keys, HeadDim), ElementType.Float32, new());
            float[] query = [.. call.Query], key = [.. call.Key], value = [.. call.Value];
            float[] found = new float[query.Length], made = new float[query.Length];
            RunReport report = host.Run<float>(
                host.Plan<float>(CpuTestAttention.Catalogue, call.Shape), query, key, value, found);
            using AttentionHost other =
                AttentionHost.CreateDefault(new() { Device = DeviceKind.Cpu, Threads = 2, FreeBytes = PlanningSetup.GiB });
            other.Run<float>(other.Plan<float>(CpuTestAttention.Catalogue, call.Shape), query, key, value, made);
            CollectionAssert.AreEqual(made, found);
            Assert.AreEqual(report.Plan.WorkspaceBytes, report.WorkspaceBytes);
        }
    }

    private static AttentionShape WithKeys(AttentionShape shape, int keys) =>
        new(shape.Batch, shape.Heads, shape.Queries, keys, shape.HeadDim, shape.KeyValueHeads);

    private static void AssertSame(SlicePlan expected, SlicePlan plan, bool explain)
    {
        Assert.AreEqual(expected.Shape, plan.Shape);
        Assert.AreSame(expected.Variant, plan.Variant, $"{expected.Shape}");
        Assert.AreEqual(expected.ToString(), plan.ToString());
        Assert.AreEqual(expected.KeysPerSlice, plan.KeysPerSlice);
        Assert.AreEqual(expected.KeySplits, plan.KeySplits);
        Assert.AreEqual(expected.KeyChunks, plan.KeyChunks);
        Assert.AreEqual(expected.WorkspaceBytes, plan.WorkspaceBytes);
        Assert.AreEqual(expected.Budget, plan.Budget);
        Assert.AreEqual(expected.Decision, plan.Decision);
        Assert.AreEqual(expected.PredictedSeconds, plan.PredictedSeconds);
        Assert.AreEqual(expected.Causal, plan.Causal);
        Assert.AreEqual(expected.Workers, plan.Workers);
        CollectionAssert.AreEqual(PlanningSetup.Slices(expected), PlanningSetup.Slices(plan));
        if (explain)
        {
            Assert.AreEqual(expected.Explain(), plan.Explain());
            Assert.AreEqual(expected.NextAfterOutOfMemory()?.ToString(), plan.NextAfterOutOfMemory()?.ToString());
        }
    }
}
