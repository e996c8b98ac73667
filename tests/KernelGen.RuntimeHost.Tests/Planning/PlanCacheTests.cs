using KernelGen.Kernels;
using KernelGen.Planning;
using KernelGen.Tensors;

namespace KernelGen.RuntimeHost.Tests.Planning;

[TestClass]
public sealed class PlanCacheTests
{
    private static readonly KernelVariant[] Variants = PlanningSetup.All(ElementType.Float16, 40);
    private static readonly AttentionShape Shape = new(2, 8, 4096, 4096, 40);
    private static readonly PlanningOptions Materialized = new() { Family = KernelFamily.Materialized };

    [TestMethod]
    [DataRow(4.0, true, DisplayName = "the same memory")]
    [DataRow(8.0, true, DisplayName = "twice as much")]
    [DataRow(8.5, false, DisplayName = "more than twice as much")]
    [DataRow(3.9, true, DisplayName = "a little less, in which the plan still fits")]
    [DataRow(0.5, false, DisplayName = "less than the plan takes")]
    public void KeptPlan_IsGivenWhileItFitsAndMemoryHasNotDoubled(double gibibytes, bool same)
    {
        PlanCache cache = new();
        SlicePlan first = Plan(cache, 4, Materialized);

        Assert.AreEqual(same, ReferenceEquals(first, Plan(cache, gibibytes, Materialized)));
        Assert.AreEqual(1, cache.Count);
    }

    [TestMethod]
    public void SafetyFactor_CountsWhenAPlanIsGivenAgain()
    {
        PlanCache cache = new();
        PlanningOptions options = Materialized with { SafetyFactor = 2 };
        SlicePlan first = Plan(cache, 4, options);
        double fits = 2.0 * first.WorkspaceBytes / PlanningSetup.GiB;

        Assert.AreSame(first, Plan(cache, fits + 0.01, options));
        Assert.AreNotSame(first, Plan(cache, fits - 0.01, options));
    }

    [TestMethod]
    public void PresetThatNeverFitted_IsKeptWhileThereIsNoLessMemory()
    {
        PlanCache cache = new();
        PlanningOptions options = new() { Policy = "v1" };
        SlicePlan first = Plan(cache, 0.1, options);

        Assert.IsFalse(first.FitsBudget);
        Assert.AreSame(first, Plan(cache, 0.15, options));
        Assert.AreNotSame(first, Plan(cache, 0.05, options));
    }

    [TestMethod]
    public void NewPlan_ReplacesTheOld()
    {
        PlanCache cache = new();
        SlicePlan small = Plan(cache, 1, Materialized);
        SlicePlan large = Plan(cache, 4, Materialized);

        Assert.AreNotSame(small, large);
        Assert.AreSame(large, Plan(cache, 4, Materialized));
    }

    [TestMethod]
    public void EverythingThatAPlanDependsOn_IsPartOfTheKey()
    {
        PlanCache cache = new();
        List<SlicePlan> plans =
        [
            Plan(cache, 4, new()),
            Plan(cache, 4, new() { Policy = "v1" }),
            Plan(cache, 4, new() { SafetyFactor = 1.2 }),
            Plan(cache, 4, new() { Family = KernelFamily.Materialized }),
            Plan(cache, 4, new() { Family = KernelFamily.Streaming }),
            Plan(cache, 4, new() { SliceRows = 512 }),
            Plan(cache, 4, new() { Float32Math = Float32Math.Full }),
            Plan(cache, 4, new() { CaptureMap = true }),
            Plan(cache, 4, new() { Causal = true }),
            Plan(cache, 4, new() { Masked = true }),
            cache.Plan(new(1, 8, 4096, 4096, 40), ElementType.Float16, Variants, PlanningSetup.Device, Budget(4), new()),
            cache.Plan(Shape, ElementType.Float16, Variants.AsMemory(1), PlanningSetup.Device, Budget(4), new()),
            cache.Plan(Shape, ElementType.Float16, Variants, PlanningSetup.WithoutWorkers, Budget(4), new()),
            cache.Plan(
                Shape, ElementType.Float32, PlanningSetup.All(ElementType.Float32, 40), PlanningSetup.Device, Budget(4), new()),
        ];

        Assert.HasCount(plans.Count, plans.Distinct().ToArray());
        Assert.AreEqual(plans.Count, cache.Count);
        Assert.AreSame(plans[3], Plan(cache, 4, new() { Family = KernelFamily.Materialized }), "equal options need not be the same object");
    }

    [TestMethod]
    public void FullCache_DropsThePlanUsedLeastRecently()
    {
        PlanCache cache = new(capacity: 2);
        SlicePlan first = Plan(cache, 4, new() { SafetyFactor = 1 });
        SlicePlan second = Plan(cache, 4, new() { SafetyFactor = 2 });
        Plan(cache, 4, new() { SafetyFactor = 1 });
        Plan(cache, 4, new() { SafetyFactor = 3 });

        Assert.AreEqual(2, cache.Count);
        Assert.AreSame(first, Plan(cache, 4, new() { SafetyFactor = 1 }));
        Assert.AreNotSame(second, Plan(cache, 4, new() { SafetyFactor = 2 }));
    }

    [TestMethod]
    public void Hit_AllocatesNothing()
    {
        PlanCache cache = new();
        PlanningOptions options = new() { Family = KernelFamily.Materialized };
        PlanningOptions equal = options with { };
        MemoryBudget budget = Budget(4);
        SlicePlan first = cache.Plan(Shape, ElementType.Float16, Variants, PlanningSetup.Device, budget, options);
        Assert.AreSame(first, cache.Plan(Shape, ElementType.Float16, Variants, PlanningSetup.Device, budget, equal));

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            cache.Plan(Shape, ElementType.Float16, Variants, PlanningSetup.Device, budget, options);
            cache.Plan(Shape, ElementType.Float16, Variants, PlanningSetup.Device, budget, equal);
        }

        Assert.AreEqual(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [TestMethod]
    public void ManyThreads_GetPlansOfTheirShape()
    {
        PlanCache cache = new(capacity: 8);
        Parallel.For(0, 2000, i =>
        {
            AttentionShape shape = new(1, 1 + (i % 12), 1024, 1024, 40);
            Assert.AreEqual(shape, cache.Plan(shape, ElementType.Float16, Variants, PlanningSetup.Device, Budget(1), new()).Shape);
        });

        Assert.AreEqual(8, cache.Count);
        cache.Clear();
        Assert.AreEqual(0, cache.Count);
    }

    private static SlicePlan Plan(PlanCache cache, double gibibytes, PlanningOptions options) =>
        cache.Plan(Shape, ElementType.Float16, Variants, PlanningSetup.Device, Budget(gibibytes), options);

    private static MemoryBudget Budget(double gibibytes) => PlanningSetup.Free((long)(gibibytes * PlanningSetup.GiB));
}
