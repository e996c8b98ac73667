using System.Globalization;
using KernelGen.Kernels;
using KernelGen.Planning;
using KernelGen.Tensors;

namespace KernelGen.RuntimeHost.Tests.Planning;

[TestClass]
public sealed class SlicePlanTests
{
    [TestMethod]
    public void Explanation_OfExact_IsATable()
    {
        SlicePlan plan = PlanningSetup.Plan(new(2, 8, 16384, 16384, 40), 128 << 20, new() { SafetyFactor = 1.25 });

        Assert.AreEqual(
            """
            Plan:     2 x 8 heads, 16384 x 16384, d=40, f16, policy exact
            Budget:   128.0 MiB free (given by the caller), 0 B reserve, safety factor 1.25
            Decision: not sliced: 1 step, 1 iteration of 16 heads x 16384 rows x 16384 keys; unsliced it counts 6.1 MiB (modifier 1)
            Taken:    streaming-cpu-f16-d40-r128: 1 slice of 16 heads x 16384 rows, 6.1 MiB workspace (exact)

              variant                             heads x rows    slices  workspace  predicted  why
              ------------------------------  ----------------  --------  ---------  ---------  --------------------------
              materialized-cpu-f16-d40-r512            4 x 384       172   99.4 MiB     1.46 s  fits, slower
              materialized-cpu-f16-d40-r2048           4 x 384       172   99.4 MiB     1.46 s  fits, slower
              materialized-cpu-f16-d40-r8192           4 x 384       172   99.4 MiB     1.46 s  fits, slower
            > streaming-cpu-f16-d40-r128            16 x 16384         1    6.1 MiB  538.99 ms  taken: fastest that fits

            """,
            plan.Explain());
    }

    [TestMethod]
    public void Explanation_OfAPreset_GivesItsOwnTerms()
    {
        SlicePlan plan = PlanningSetup.Plan("doggettx", new(2, 8, 16641, 16641, 40), 2 * PlanningSetup.GiB);

        Assert.AreEqual(
            """
            Plan:     2 x 8 heads, 16641 x 16641, d=40, f16, policy doggettx
            Budget:   2.0 GiB free (given by the caller), 0 B reserve, safety factor 1
            Decision: slices along rows: 16 steps, 17 iterations of 16 heads x 1040 rows x 16641 keys; unsliced it counts 24.8 GiB
                      (modifier 3)
            Taken:    materialized-cpu-f16-d40-r2048: 17 slices of 16 heads x 1040 rows, 1.1 GiB workspace (doggettx)

              variant                             heads x rows    slices  workspace  predicted  why
              ------------------------------  ----------------  --------  ---------  ---------  --------------------------
              materialized-cpu-f16-d40-r512          16 x 1040        17    1.1 GiB     1.34 s  slice size too small
            > materialized-cpu-f16-d40-r2048         16 x 1040        17    1.1 GiB     1.34 s  taken: smallest to hold 1040 rows
              materialized-cpu-f16-d40-r8192         16 x 1040        17    1.1 GiB     1.34 s  larger slice size than needed
              streaming-cpu-f16-d40-r128                     -         -          -          -  not the original's family

            """,
            plan.Explain());
    }

    [TestMethod]
    public void Explanation_SaysWhyAVariantWasLeft()
    {
        AttentionShape shape = new(2, 8, 16384, 16384, 40);

        StringAssert.Contains(PlanningSetup.Plan(shape, 4 << 20).Explain(), "needs 8.3 MiB, 3.6 MiB allowed");
        StringAssert.Contains(
            PlanningSetup.Plan(shape, PlanningSetup.GiB, new() { Family = KernelFamily.Streaming }).Explain(), "family excluded");
        StringAssert.Contains(PlanningSetup.Plan(shape, PlanningSetup.GiB, new() { SliceRows = 512 }).Explain(), "slice size excluded");
        StringAssert.Contains(
            PlanningSetup.Plan(shape, PlanningSetup.GiB, new() { CaptureMap = true }).Explain(), "cannot hand out the map");
    }

    [TestMethod]
    public void Texts_AreTheSameInEveryCulture()
    {
        SlicePlan plan = PlanningSetup.Plan("invokeai", new(2, 8, 16384, 16384, 40), 2 * PlanningSetup.GiB);
        string expected = plan.Explain();
        CultureInfo culture = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new("de-DE");
            Assert.AreEqual(expected, plan.Explain());
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    [TestMethod]
    public void PlanMadeByHand_EnumeratesAndExplainsItself()
    {
        SlicePlan plan = new(PlanningSetup.Streaming(ElementType.Float16, 40), "by hand")
        {
            Shape = new(1, 3, 300, 77, 40),
            ElementType = ElementType.Float16,
            Budget = PlanningSetup.Free(PlanningSetup.GiB),
            HeadsPerSlice = 2,
            RowsPerSlice = 200,
            KeysPerSlice = 77,
            SliceCount = 4,
            WorkspaceBytes = 0,
        };

        Assert.AreSequenceEqual(
            [new(0, 2, 0, 200), new(0, 2, 200, 100), new(2, 1, 0, 200), new(2, 1, 200, 100)], PlanningSetup.Slices(plan));
        StringAssert.Contains(plan.Explain(), "> streaming-cpu-f16-d40-r128");
        Assert.IsNull(plan.NextAfterOutOfMemory());
        Assert.AreEqual("streaming-cpu-f16-d40-r128: 4 slices of 2 heads x 200 rows, 0 B workspace (by hand)", plan.ToString());
    }

    [TestMethod]
    [DataRow(1, 1, "1 slice of 1 head x 1 row, ")]
    [DataRow(2, 3, "1 slice of 2 heads x 3 rows, ")]
    [DataRow(2, 0, "nothing to run (exact)")]
    public void Text_CountsAsPeopleDo(int heads, int queries, string text) =>
        Assert.Contains($": {text}", PlanningSetup.Plan(new(1, heads, queries, 8, 40), PlanningSetup.GiB).ToString());

    [TestMethod]
    [DataRow(-1)]
    [DataRow(1)]
    public void SliceOutOfRange_IsAnError(int index)
    {
        SlicePlan plan = PlanningSetup.Plan(new(1, 1, 128, 128, 40), PlanningSetup.GiB);

        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => plan[index]);
    }

    [TestMethod]
    [DataRow(SliceAxis.None, "none")]
    [DataRow(SliceAxis.Heads, "heads")]
    [DataRow(SliceAxis.Rows, "rows")]
    [DataRow(SliceAxis.RowsAndKeys, "rows+keys")]
    [DataRow(SliceAxis.HeadsAndRows, "heads+rows")]
    public void Axes_HaveNames(SliceAxis axis, string name) => Assert.AreEqual(name, axis.Name());

    [TestMethod]
    [DataRow("exact")]
    [DataRow("doggettx")]
    [DataRow("invokeai")]
    [DataRow("sub-quadratic")]
    public void Planning_AllocatesNothingButThePlan(string policy)
    {
        KernelVariant[] variants = PlanningSetup.All(ElementType.Float16, 40);
        PlanningOptions options = new() { Policy = policy };
        MemoryBudget budget = PlanningSetup.Free(2 * PlanningSetup.GiB);
        AttentionShape shape = new(2, 8, 16641, 16641, 40);
        SlicePlan Make() => SlicePlanner.Plan(shape, ElementType.Float16, variants, PlanningSetup.Device, budget, options);
        Make();

        long before = GC.GetAllocatedBytesForCurrentThread();
        SlicePlan plan = Make();
        long one = GC.GetAllocatedBytesForCurrentThread() - before;
        before = GC.GetAllocatedBytesForCurrentThread();
        SlicePlan empty = new(plan.Variant, "")
        {
            Shape = shape, ElementType = plan.ElementType, Budget = budget, HeadsPerSlice = 0, RowsPerSlice = 0,
            KeysPerSlice = 0, SliceCount = 0, WorkspaceBytes = 0,
        };
        long plain = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.AreEqual(plain, one);
        GC.KeepAlive(empty);

        before = GC.GetAllocatedBytesForCurrentThread();
        int rows = 0;
        foreach (SliceRange slice in plan)
            rows += slice.RowCount;

        Assert.AreEqual(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.IsGreaterThan(0, rows);
    }
}
