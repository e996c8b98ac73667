using FsCheck;
using FsCheck.Fluent;
using KernelGen.Kernels;
using KernelGen.Planning;
using KernelGen.Planning.Policies;
using KernelGen.Tensors;

namespace KernelGen.RuntimeHost.Tests.Planning;

/// <summary>When keys are split, into how many ranges, and what that takes.</summary>
[TestClass]
public sealed class KeySplitTests
{
    private const int Multiprocessors = 132;

    private static readonly KernelVariant[] _variants = [PlanningSetup.SplitStreaming(64, 64), PlanningSetup.SplitStreaming(64, 128)];

    private static readonly DeviceProfile _gpu = PlanningSetup.Gpu(Multiprocessors);

    [TestMethod]
    [DataRow(1, 8, 1, 16384, DisplayName = "decoding")]
    [DataRow(1, 32, 1, 4096, DisplayName = "decoding with many heads")]
    [DataRow(1, 1, 1024, 4096, DisplayName = "one head")]
    public void FewTilesAndManyKeys_AreSplit_SoThatNoMoreThanAFifthOfTheGpuIsIdle(int batch, int heads, int queries, int keys)
    {
        AttentionShape shape = new(batch, heads, queries, keys, 64);
        SlicePlan plan = Plan(shape);

        int tiles = batch * heads * ((queries + 63) / 64);
        Assert.IsGreaterThan(1, plan.KeySplits);
        Assert.IsInRange(0.8 * Multiprocessors, 8 * Multiprocessors, tiles * plan.KeySplits);
        KernelVariant[] unsplit = [PlanningSetup.Streaming(ElementType.Float16, 64, 64, workerBytes: 0)];
        Assert.IsLessThan(0.8 * Plan(shape, variants: unsplit).PredictedSeconds, plan.PredictedSeconds);
        Assert.AreEqual(plan.KeySplits, plan.Decision.KeySplits);
        Assert.AreEqual(0, plan.KeysPerSlice % 64, "a split is made of whole key tiles");
        Assert.AreEqual(plan.KeySplits, (keys + plan.KeysPerSlice - 1) / plan.KeysPerSlice, "no split is without keys");
        StringAssert.Contains(plan.Explain(), "Split:");
        StringAssert.Contains(plan.Explain(), $"{Multiprocessors - tiles} of {Multiprocessors} multiprocessors idle");
    }

    [TestMethod]
    [DataRow(2, 8, 4096, 4096, false, DisplayName = "many tiles")]
    [DataRow(2, 8, 576, 4096, false, DisplayName = "just enough tiles")]
    [DataRow(2, 8, 256, 77, false, DisplayName = "few keys")]
    [DataRow(1, 1, 1, 64, false, DisplayName = "one tile of keys")]
    [DataRow(1, 1, 1, 16384, true, DisplayName = "one visible key")]
    public void ManyTilesOrFewKeys_AreNotSplit(int batch, int heads, int queries, int keys, bool causal)
    {
        SlicePlan plan = Plan(new(batch, heads, queries, keys, 64), options: new() { Causal = causal });

        Assert.AreEqual((1, 1, keys, 0L), (plan.KeySplits, plan.Decision.KeySplits, plan.KeysPerSlice, plan.WorkspaceBytes));
        Assert.DoesNotContain("Split:", plan.Explain());
    }

    [TestMethod]
    public void UnknownGpu_CpuAndVariantsThatCannot_DoNotSplit()
    {
        AttentionShape decoding = new(1, 8, 1, 16384, 64);

        Assert.AreEqual(1, Plan(decoding, device: PlanningSetup.Gpu(0)).KeySplits);
        Assert.AreEqual(1, Plan(decoding, device: _gpu with { Workers = 16 }).KeySplits);
        Assert.AreEqual(1, Plan(decoding, variants: [PlanningSetup.Streaming(ElementType.Float16, 64, workerBytes: 0)]).KeySplits);
    }

    [TestMethod]
    [DataRow("sub-quadratic")]
    [DataRow("doggettx")]
    [DataRow("comfyui-sub-quad")]
    public void Presets_NeverSplit(string policy)
    {
        SlicePlan plan = Plan(new(1, 8, 1, 16384, 64), options: new() { Policy = policy, Family = KernelFamily.Streaming });

        Assert.AreEqual((1, 1, 0L), (plan.KeySplits, plan.Decision.KeySplits, plan.WorkspaceBytes));
    }

    [TestMethod]
    public void ExampleOfTheGuide()
    {
        SlicePlan plan = Plan(new(1, 8, 1, 16384, 64));

        Assert.AreEqual((16, 1024, 8L * 64 * 16 * 264), (plan.KeySplits, plan.KeysPerSlice, plan.WorkspaceBytes));
        Assert.AreEqual(264 << 10, plan.Variant.Footprint.PartialBytesPerTile(16));
        StringAssert.Contains(
            plan.Explain(),
            """
            Split:    8 tiles of query rows would leave 124 of 132 multiprocessors idle, so the keys are worked on in 16 ranges of
                      1024 keys at once, and the partial results merged in the order of the keys

            """.ReplaceLineEndings("\n"));
    }

    [TestMethod]
    public void Workspace_IsThePartialRows()
    {
        SlicePlan plan = Plan(new(2, 4, 100, 8192, 64));

        // Two tiles of 64 rows a head; an fp32 row of the output, a maximum and a sum each.
        Assert.AreEqual("streaming-simt-f16-d64-r64", plan.Variant.Id);
        Assert.AreEqual(8L * 128 * plan.KeySplits * (64 + 2) * 4, plan.WorkspaceBytes);
        Assert.AreEqual(plan.WorkspaceBytes, plan.Variant.Footprint.Bytes(8, 100, 8192, workers: 0, plan.KeySplits));
        Assert.AreEqual(0L, plan.Variant.Footprint.Bytes(8, 100, 8192, workers: 0));
        Assert.AreEqual(plan.WorkspaceBytes, plan.Decision.RequiredBytes);
    }

    [TestMethod]
    public void LessMemory_CutsHeadsAndRows_AndKeepsTheSplits()
    {
        AttentionShape shape = new(2, 4, 300, 8192, 64);
        SlicePlan whole = Plan(shape);
        long tile = whole.Variant.Footprint.Bytes(1, 1, 8192, workers: 0, whole.KeySplits);
        for (long free = whole.WorkspaceBytes; free >= tile; free /= 3)
        {
            SlicePlan plan = Plan(shape, free, new() { SafetyFactor = 1 });

            Assert.AreEqual((whole.KeySplits, whole.KeysPerSlice), (plan.KeySplits, plan.KeysPerSlice));
            Assert.IsLessThanOrEqualTo(free, plan.WorkspaceBytes);
            Assert.IsGreaterThanOrEqualTo(whole.PredictedSeconds, plan.PredictedSeconds);
            Assert.AreEqual(PlanningSetup.Slices(plan).Max(slice => plan.Variant.Footprint.Bytes(slice.HeadCount, slice.RowCount, 8192, 0, plan.KeySplits)), plan.WorkspaceBytes);
        }

        var exception = Assert.ThrowsExactly<AttentionMemoryException>(() => Plan(shape, tile - 1, new() { SafetyFactor = 1 }));
        Assert.AreEqual(tile, exception.NeededBytes);
    }

    [TestMethod]
    public void EveryTileOfATarget_HasTheSameSplits()
    {
        AttentionShape shape = new(1, 8, 200, 8192, 64);

        int splits = Plan(shape).KeySplits;
        Assert.IsGreaterThan(1, splits);
        Assert.AreEqual(splits, Plan(shape, options: new() { SliceRows = 64 }).KeySplits);
        Assert.AreEqual(splits, Plan(shape, options: new() { SliceRows = 128 }).KeySplits);
    }

    [TestMethod]
    public void PlanAfterOutOfMemory_KeepsTheSplits()
    {
        SlicePlan plan = Plan(new(1, 4, 300, 8192, 64));
        for (SlicePlan? next = plan.NextAfterOutOfMemory(); next is not null; next = next.NextAfterOutOfMemory())
        {
            Assert.AreEqual(plan.KeySplits, next.KeySplits);
            Assert.IsLessThan(plan.WorkspaceBytes, next.WorkspaceBytes);
        }
    }

    [TestMethod]
    public void LargestLength_IsExact_AlthoughLongerCallsNeedFewerSplits()
    {
        // Next to no memory: short calls are split and need partial results, which there is no room for; very short ones are not split.
        AttentionShape shape = new(1, 1, 1000, 1000, 64);
        bool foundGap = false;
        for (long free = 0; free < 3_000_000; free += 37_000)
        {
            int length = SlicePlanner.LargestLength(shape, ElementType.Float16, _variants, _gpu, PlanningSetup.Free(free), new());
            Assert.IsTrue(length == 0 || Fits(length), $"{length} with {free}");
            for (int longer = length + 1; longer < length + 12_000; longer += 61)
                Assert.IsFalse(Fits(longer), $"{longer} > {length} with {free}");
            foundGap |= Enumerable.Range(1, length).Any(shorter => !Fits(shorter));

            bool Fits(int l)
            {
                long left = free - ((l - 1000) * 4L * 64 * 2);
                try
                {
                    return (left >= 0 || l <= 1000) && Plan(new(1, 1, l, l, 64), left).FitsBudget;
                }
                catch (AttentionMemoryException)
                {
                    return false;
                }
            }
        }

        Assert.IsTrue(foundGap, "no length was too short for the memory: this test tests nothing");
    }

    [TestMethod]
    public void RandomCalls_FitTheBudget_AndAreTheFastestOfAllCuts() => Prop.ForAll(
        (from heads in Gen.Choose(1, 12)
         from queries in Gen.OneOf(Gen.Choose(1, 3), Gen.Choose(1, 700))
         from keys in Gen.Choose(1, 9000)
         from multiprocessors in Gen.Elements(0, 4, 46, 132)
         from causal in Gen.Elements(false, true)
         from power in Gen.Choose(1400, 2600)
         select new PlanRequest(
             new(1, heads, queries, keys, 64), ElementType.Float16, _variants, PlanningSetup.Gpu(multiprocessors),
             PlanningSetup.Free((long)Math.Pow(2, power / 100.0)), new() { Causal = causal })).ToArbitrary(),
        request =>
        {
            long allowed = (long)(request.Budget.UsableBytes / 1.1);
            double least = double.PositiveInfinity;
            foreach (KernelVariant variant in _variants)
            {
                int splits = KeySplitRule.SplitsOf(request, variant);
                int tiles = (int)variant.Footprint.Tiles(1, request.Shape.Queries);
                for (int h = 1; h <= request.Shape.TotalHeads; h++)
                {
                    for (int t = 1; t <= tiles; t++)
                    {
                        PlanOutcome cut = ExactSearch.Outcome(request, variant, h, t, splits);
                        least = cut.WorkspaceBytes <= allowed ? Math.Min(least, cut.PredictedSeconds) : least;
                    }
                }
            }

            SlicePolicy policy = SlicePolicies.Get("exact");
            if (!policy.TryPlan(request, out PlanOutcome outcome))
                return double.IsInfinity(least);

            SlicePlan plan = SlicePlanner.Create(request, policy, outcome);
            long largest = PlanningSetup.Slices(plan).Max(
                slice => plan.Variant.Footprint.Bytes(slice.HeadCount, slice.RowCount, request.Shape.Keys, 0, plan.KeySplits));
            return plan.WorkspaceBytes == largest && largest <= allowed
                && Math.Abs(plan.PredictedSeconds - least) <= 1e-9 * least
                && (plan.KeySplits == 1 || (plan.KeySplits - 1) * (long)plan.KeysPerSlice < request.Shape.Keys)
                && plan.Explain().Split('\n').All(line => line.Length <= 120);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [TestMethod]
    public void Gpu_CountsWholeTilesAndIdleMultiprocessors()
    {
        KernelVariant[] unsplit = [PlanningSetup.Streaming(ElementType.Float16, 64, 64, 0), PlanningSetup.Streaming(ElementType.Float16, 64, 128, 0)];

        Assert.AreEqual(64, Plan(new(2, 8, 128, 4096, 64), variants: unsplit).Variant.SliceRows, "twice as many multiprocessors work");
        Assert.AreEqual(64, Plan(new(64, 8, 64, 4096, 64), variants: unsplit).Variant.SliceRows, "half of the other tile is empty");
        SlicePlan full = Plan(new(1, Multiprocessors, 128, 4096, 64), variants: unsplit);
        SlicePlan half = Plan(new(1, Multiprocessors, 65, 4065, 64), variants: unsplit);
        Assert.AreEqual(full.PredictedSeconds, half.PredictedSeconds, 1e-12);
    }

    private static SlicePlan Plan(
        AttentionShape shape, long freeBytes = PlanningSetup.GiB, PlanningOptions? options = null, DeviceProfile? device = null, KernelVariant[]? variants = null) =>
        SlicePlanner.Plan(shape, ElementType.Float16, variants ?? _variants, device ?? _gpu, PlanningSetup.Free(freeBytes), options ?? new());
}
