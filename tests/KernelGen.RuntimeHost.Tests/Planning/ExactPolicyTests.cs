using KernelGen.Kernels;
using KernelGen.Planning;
using KernelGen.Planning.Policies;
using KernelGen.Tensors;

namespace KernelGen.RuntimeHost.Tests.Planning;

[TestClass]
public sealed class ExactPolicyTests
{
    private static readonly AttentionShape Sd15At1024 = new(2, 8, 16384, 16384, 40);

    [TestMethod]
    public void EnoughMemory_GivesOneStreamingSlice_WithScratchForEveryWorker()
    {
        SlicePlan plan = PlanningSetup.Plan(Sd15At1024, 8 * PlanningSetup.GiB);

        Assert.AreEqual("streaming-cpu-f16-d40-r128", plan.Variant.Id);
        Assert.AreEqual((16, 16384, 16384, 1), (plan.HeadsPerSlice, plan.RowsPerSlice, plan.KeysPerSlice, plan.SliceCount));
        Assert.AreEqual(16 * 400_000L, plan.WorkspaceBytes);
        Assert.AreEqual((1L, SliceAxis.None, 1.0, 1.1, 16 * 400_000L),
            (plan.Decision.Steps, plan.Decision.Axis, plan.Decision.Modifier, plan.Decision.SafetyFactor, plan.Decision.RequiredBytes));
        Assert.IsTrue(plan.Balanced && plan.FitsBudget);
    }

    [TestMethod]
    public void LittleMemory_StreamsWithFewerTilesThanWorkers()
    {
        SlicePlan plan = PlanningSetup.Plan(Sd15At1024, 2_300_000);

        Assert.AreEqual(KernelFamily.Streaming, plan.Variant.Family);
        Assert.AreEqual((1, 5 * 128, 16 * 26, 5 * 400_000L), (plan.HeadsPerSlice, plan.RowsPerSlice, plan.SliceCount, plan.WorkspaceBytes));
        Assert.AreEqual(SliceAxis.HeadsAndRows, plan.Decision.Axis);
    }

    [TestMethod]
    public void Map_TakesMaterialized()
    {
        SlicePlan plan = PlanningSetup.Plan(Sd15At1024, 8 * PlanningSetup.GiB, new() { CaptureMap = true });

        Assert.AreEqual(KernelFamily.Materialized, plan.Variant.Family);
        Assert.IsLessThanOrEqualTo(plan.Variant.SliceRows, plan.RowsPerSlice);
        Assert.IsLessThanOrEqualTo((long)(8 * PlanningSetup.GiB / 1.1), plan.WorkspaceBytes);
    }

    [TestMethod]
    public void Materialized_TakesTheLargestSliceSizeThatFits_WhenSlicesCostTime()
    {
        SlicePlan plan = PlanningSetup.Plan(Sd15At1024, 64 * PlanningSetup.GiB, new() { Family = KernelFamily.Materialized });

        Assert.AreEqual("materialized-cpu-f16-d40-r8192", plan.Variant.Id);
        Assert.AreEqual((16, 8192, 2), (plan.HeadsPerSlice, plan.RowsPerSlice, plan.SliceCount));
        Assert.AreEqual((16L * 8192 * 16384 * 4) + (16 * 300_000), plan.WorkspaceBytes);
    }

    [TestMethod]
    public void Materialized_KeepsTheScoresOfASliceInTheCache_WhenItIsKnown()
    {
        const long Cache = 32L << 20;
        AttentionShape shape = new(2, 8, 4096, 4096, 40);

        SlicePlan plan = SlicePlanner.Plan(
            shape, ElementType.Float16, PlanningSetup.All(ElementType.Float16, 40), PlanningSetup.Device with { CacheBytes = Cache },
            PlanningSetup.Free(64 * PlanningSetup.GiB), new() { Family = KernelFamily.Materialized });

        Assert.IsLessThanOrEqualTo(Cache, plan.Variant.Footprint.ScoreBytes(plan.HeadsPerSlice, plan.RowsPerSlice, plan.Shape.Keys));
        Assert.IsGreaterThan(Cache / 2, plan.WorkspaceBytes, "A slice that is much smaller than the cache wastes time on starting slices.");
    }

    [TestMethod]
    public void SliceSizeAsked_IsTheOnlyOneTaken()
    {
        SlicePlan plan = PlanningSetup.Plan(Sd15At1024, 8 * PlanningSetup.GiB, new() { SliceRows = 2048 });

        Assert.AreEqual("materialized-cpu-f16-d40-r2048", plan.Variant.Id);
        Assert.IsLessThanOrEqualTo(2048, plan.RowsPerSlice);
    }

    [TestMethod]
    public void RaggedLength_IsCutIntoEvenSlices()
    {
        // 16641 rows are 131 tiles, the last of one row. Without workers to keep busy, the fewest slices that fit are the fastest.
        KernelVariant[] variants = [PlanningSetup.Materialized(ElementType.Float16, 40, 8192)];
        SlicePlan plan = SlicePlanner.Plan(
            new(2, 8, 16641, 16641, 40), ElementType.Float16, variants, PlanningSetup.WithoutWorkers,
            PlanningSetup.Free(2 * PlanningSetup.GiB),
            new() { SafetyFactor = 1 });

        // A tile of a head takes 128 x 16648 x 4 bytes, and 251 of them fit: 16 heads x 15 tiles, which 131 tiles fill 9 times, evenly.
        Assert.AreEqual((16, 15 * 128, 9), (plan.HeadsPerSlice, plan.RowsPerSlice, plan.SliceCount));
        Assert.AreEqual(BruteForce.FewestSlices(16, 131, mostRowTiles: 64, tilesThatFit: 251), plan.SliceCount);
        Assert.AreSequenceEqual(
            [1920, 1920, 1920, 1920, 1920, 1792, 1792, 1792, 1665], PlanningSetup.Slices(plan).Select(slice => slice.RowCount));
    }

    [TestMethod]
    public void Causal_HalvesThePredictedWork()
    {
        SlicePlan full = PlanningSetup.Plan(Sd15At1024, 8 * PlanningSetup.GiB);
        SlicePlan causal = PlanningSetup.Plan(Sd15At1024, 8 * PlanningSetup.GiB, new() { Causal = true });

        Assert.AreEqual(full.PredictedSeconds - 1e-5, 2 * (causal.PredictedSeconds - 1e-5), 1e-12);
    }

    [TestMethod]
    public void PredictedTime_FollowsTheFormula()
    {
        // 2048 tiles keep 16 workers busy all the time; 17 tiles cost as much as 32.
        SlicePlan even = PlanningSetup.Plan(Sd15At1024, 8 * PlanningSetup.GiB);
        Assert.AreEqual((4.0 * 16 * 16384 * 16384 * 40 / (1.5e12 * 0.85)) + 1e-5, even.PredictedSeconds, 1e-12);

        AttentionShape odd = new(1, 17, 128, 4096, 40);
        Assert.AreEqual((4.0 * 17 * 128 * 4096 * 40 / (1.5e12 * 0.85) * 32 / 17) + 1e-5,
            PlanningSetup.Plan(odd, PlanningSetup.GiB).PredictedSeconds, 1e-12);

        SlicePlan materialized = PlanningSetup.Plan(Sd15At1024, 64 * PlanningSetup.GiB, new() { Family = KernelFamily.Materialized });
        double traffic = 16.0 * 16384 * 16384 * 4 * 3 / 1e11;
        Assert.AreEqual((4.0 * 16 * 16384 * 16384 * 40 / (1.5e12 * 0.65)) + traffic + 2e-5, materialized.PredictedSeconds, 1e-12);
    }

    [TestMethod]
    public void EqualTimes_AreDecidedByWorkspaceThenId()
    {
        // 256 rows, so that every slice size is cut alike: same time, same workspace, first by id.
        AttentionShape shape = new(1, 16, 256, 1024, 40);
        KernelVariant[] variants = PlanningSetup.All(ElementType.Float16, 40);
        Array.Reverse(variants);
        SlicePlan plan = SlicePlanner.Plan(
            shape, ElementType.Float16, variants, PlanningSetup.Device, PlanningSetup.Free(PlanningSetup.GiB),
            new() { Family = KernelFamily.Materialized });
        Assert.AreEqual("materialized-cpu-f16-d40-r2048", plan.Variant.Id);

        KernelVariant[] alike =
            [PlanningSetup.Streaming(ElementType.Float16, 40, workerBytes: 5000),
                PlanningSetup.Streaming(ElementType.Float16, 40, workerBytes: 4000)];
        SlicePlan smaller = SlicePlanner.Plan(
            shape, ElementType.Float16, alike, PlanningSetup.Device, PlanningSetup.Free(PlanningSetup.GiB), new());
        Assert.AreSame(alike[1], smaller.Variant);
    }

    [TestMethod]
    public void MoreTilesThanKeepAllWorkersBusy_AreWorthASmallerTile()
    {
        KernelVariant[] tiles =
            [PlanningSetup.Streaming(ElementType.Float16, 40, 256), PlanningSetup.Streaming(ElementType.Float16, 40, 128)];
        SlicePlan plan = SlicePlanner.Plan(
            new(1, 16, 256, 1024, 40), ElementType.Float16, tiles, PlanningSetup.Device with { Workers = 32 },
            PlanningSetup.Free(PlanningSetup.GiB), new());

        Assert.AreEqual("streaming-cpu-f16-d40-r128", plan.Variant.Id, "32 tiles keep 32 workers busy, 16 do not");
    }

    [TestMethod]
    public void NoQueries_AreNoSlices()
    {
        foreach (string policy in SlicePolicies.Names)
        {
            SlicePlan plan = PlanningSetup.Plan(policy, new(2, 8, 0, 4096, 40), 0);
            Assert.AreEqual((0, 0L, 0), (plan.SliceCount, plan.WorkspaceBytes, PlanningSetup.Slices(plan).Length), policy);
            StringAssert.Contains(plan.Explain(), plan.Variant.Id);
        }
    }

    [TestMethod]
    public void NoKeys_AreOneSlice()
    {
        foreach (string policy in SlicePolicies.Names)
        {
            SlicePlan plan = PlanningSetup.Plan(policy, new(2, 8, 4096, 0, 40), 16 << 20);
            Assert.AreEqual(1, plan.SliceCount, policy);
            Assert.AreEqual(new SliceRange(0, 16, 0, 4096), plan[0], policy);
        }
    }

    [TestMethod]
    public void NothingFits_SaysWhatIsNeededAndWhatWouldFit()
    {
        var exception = Assert.ThrowsExactly<AttentionMemoryException>(
            () => SlicePlanner.Plan(
                Sd15At1024, ElementType.Float16, PlanningSetup.All(ElementType.Float16, 40), PlanningSetup.Device,
                new MemoryBudget(1_000_000, 600_000, "cgroup limit"), new()));

        Assert.AreEqual(
            (400_000L, 1_000_000L, 600_000L, 1.1, "exact", ElementType.Float16),
            (exception.NeededBytes, exception.FreeBytes, exception.ReserveBytes, exception.SafetyFactor, exception.Policy,
                exception.ElementType));
        Assert.AreEqual(Sd15At1024, exception.Shape);
        Assert.AreEqual("streaming-cpu-f16-d40-r128, 2048 slices of 1 head x 128 rows", exception.PlanTried);

        // A row of all heads of the four tensors takes 4 x 16 x 40 x 2 = 5120 bytes; 400000 x 1.1 - 400000 = 40000 bytes are missing, which
        // 8 rows are.
        Assert.AreEqual(16384 - 8, exception.LargestLength);
        foreach (string part in (string[])
            [
                "2 x 8 heads, 16384 x 16384, d=40", "f16", "needs 390.6 KiB", "976.6 KiB free (cgroup limit)", "585.9 KiB reserve",
                "safety factor 1.1",
                "355.1 KiB may be used", "largest length that fits is 16376 queries x 16376 keys", exception.PlanTried,
            ])
        {
            StringAssert.Contains(exception.Message, part);
        }
    }

    [TestMethod]
    public void NotEvenOneQueryFits_SaysSo()
    {
        var exception = Assert.ThrowsExactly<AttentionMemoryException>(
            () => PlanningSetup.Plan(new(1, 1, 16, 16, 40), 1000));

        Assert.AreEqual(0, exception.LargestLength);
        StringAssert.Contains(exception.Message, "No length fits, not even one query.");
    }

    [TestMethod]
    public void AfterOutOfMemory_HeadsAreHalved_ThenRows_DownToOneTile()
    {
        SlicePlan? plan = PlanningSetup.Plan(new(1, 5, 1000, 1000, 40), PlanningSetup.GiB);
        List<(int Heads, int Rows, int Slices)> ladder = [];
        for (; plan is not null; plan = plan.NextAfterOutOfMemory())
        {
            ladder.Add((plan.HeadsPerSlice, plan.RowsPerSlice, plan.SliceCount));
            Assert.HasCount(plan.SliceCount, PlanningSetup.Slices(plan));
        }

        Assert.AreSequenceEqual([(5, 1000, 1), (3, 1000, 2), (2, 1000, 3), (1, 1000, 5), (1, 512, 10), (1, 256, 20), (1, 128, 40)], ladder);
    }

    [TestMethod]
    public void SafetyFactorBelowOne_IsAnError()
    {
        foreach (double factor in (double[])[0.5, 0, double.NaN, double.PositiveInfinity])
        {
            Assert.ThrowsExactly<ArgumentOutOfRangeException>(
                () => PlanningSetup.Plan(Sd15At1024, PlanningSetup.GiB, new() { SafetyFactor = factor }));
        }
    }

    [TestMethod]
    public void VariantOfAnotherHeadDim_IsAnError()
    {
        var exception = Assert.ThrowsExactly<ArgumentException>(
            () => SlicePlanner.Plan(
                Sd15At1024, ElementType.Float16, PlanningSetup.All(ElementType.Float16, 80), PlanningSetup.Device,
                PlanningSetup.Free(PlanningSetup.GiB), new()));

        StringAssert.Contains(exception.Message, "materialized-cpu-f16-d80-r512 is not for f16 with head dim 40");
    }
}
