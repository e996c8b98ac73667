using FsCheck;
using FsCheck.Fluent;
using KernelGen.Kernels;
using KernelGen.Planning;
using KernelGen.Planning.Policies;
using KernelGen.Tensors;

namespace KernelGen.RuntimeHost.Tests.Planning;

/// <summary>What several chunks of keys take, and when blocks share rows, a chunk each.</summary>
[TestClass]
public sealed class KeyChunkTests
{
    private const int Multiprocessors = 132;

    private const int ChunkKeys = 4096;

    private static readonly KernelVariant[] _variants = [PlanningSetup.SplitStreaming(64, 64), PlanningSetup.SplitStreaming(64, 128)];

    private static readonly DeviceProfile _gpu = PlanningSetup.Gpu(Multiprocessors);

    [TestMethod]
    [DataRow(1, 8, 1, 65536, DisplayName = "decoding")]
    [DataRow(1, 4, 1, 131072, DisplayName = "decoding, many keys")]
    [DataRow(1, 1, 1024, 20000, DisplayName = "one head")]
    public void FewTilesAndManyKeys_ShareRows_AChunkEach(int batch, int heads, int queries, int keys)
    {
        AttentionShape shape = new(batch, heads, queries, keys, 64);
        SlicePlan plan = Plan(shape);
        SlicePlan alone = Plan(shape, device: PlanningSetup.Gpu(0));

        int tiles = batch * heads * ((queries + 63) / 64);
        Assert.AreEqual((keys + ChunkKeys - 1) / ChunkKeys, plan.KeyChunks);
        Assert.AreEqual((plan.KeyChunks, plan.KeyChunks, ChunkKeys), (plan.KeySplits, plan.Decision.KeySplits, plan.KeysPerSlice));
        Assert.AreEqual((plan.KeyChunks, 1, 1, keys), (alone.KeyChunks, alone.KeySplits, alone.Decision.KeySplits, alone.KeysPerSlice));
        KernelVariant[] unsplit = [PlanningSetup.Streaming(ElementType.Float16, 64, 64, workerBytes: 0)];
        Assert.IsLessThan(0.8 * Plan(shape, variants: unsplit).PredictedSeconds, plan.PredictedSeconds);
        StringAssert.Contains(plan.Explain(), "Chunks:");
        StringAssert.Contains(Flat(plan.Explain()), $"{Multiprocessors - tiles} of {Multiprocessors} multiprocessors idle");
    }

    [TestMethod]
    [DataRow(2, 8, 4096, 4096, false, DisplayName = "one chunk")]
    [DataRow(1, 8, 1, 4096, false, DisplayName = "one tile and one chunk")]
    [DataRow(2, 8, 256, 77, false, DisplayName = "few keys")]
    [DataRow(1, 1, 1, 64, false, DisplayName = "one tile of keys")]
    public void NoMoreKeysThanAChunk_TakeNoWorkspaceAndNoMerge(int batch, int heads, int queries, int keys, bool causal)
    {
        SlicePlan plan = Plan(new(batch, heads, queries, keys, 64), options: new() { Causal = causal });

        Assert.AreEqual(
            (1, 1, 1, keys, 0L), (plan.KeyChunks, plan.KeySplits, plan.Decision.KeySplits, plan.KeysPerSlice, plan.WorkspaceBytes));
        Assert.DoesNotContain("Chunks:", plan.Explain());
    }

    [TestMethod]
    [DataRow(2, 8, 4096, 4097, false, DisplayName = "many tiles")]
    [DataRow(1, 1, 1, 16384, true, DisplayName = "one visible key")]
    public void ManyTilesOrFewVisibleKeys_DoNotShareRows(int batch, int heads, int queries, int keys, bool causal)
    {
        SlicePlan plan = Plan(new(batch, heads, queries, keys, 64), options: new() { Causal = causal });

        Assert.AreEqual((1, 1, keys), (plan.KeySplits, plan.Decision.KeySplits, plan.KeysPerSlice));
        Assert.IsGreaterThan(1, plan.KeyChunks);
        long rows = (queries + plan.Variant.Footprint.TileRows - 1L) / plan.Variant.Footprint.TileRows * plan.Variant.Footprint.TileRows;
        Assert.AreEqual(batch * heads * rows * 264, plan.WorkspaceBytes, "one partial result of each row");
        StringAssert.Contains(
            Flat(plan.Explain()), "of 4096 keys, whose results are folded in the order of the keys, by the block that goes over them");
    }

    [TestMethod]
    public void UnknownGpu_CpuAndVariantsThatCannot_DoNotShareRows()
    {
        AttentionShape decoding = new(1, 8, 1, 65536, 64);

        Assert.AreEqual(1, Plan(decoding, device: PlanningSetup.Gpu(0)).KeySplits);
        Assert.AreEqual(1, Plan(decoding, device: _gpu with { Workers = 16 }).KeySplits);
        SlicePlan plan = Plan(decoding, variants: [PlanningSetup.Streaming(ElementType.Float16, 64, workerBytes: 0)]);
        Assert.AreEqual((1, 1, 0L), (plan.KeySplits, plan.KeyChunks, plan.WorkspaceBytes));
    }

    [TestMethod]
    [DataRow("sub-quadratic")]
    [DataRow("doggettx")]
    [DataRow("comfyui-sub-quad")]
    public void Presets_NeverShareRows(string policy)
    {
        SlicePlan plan = Plan(new(1, 8, 1, 16384, 64), options: new() { Policy = policy, Family = KernelFamily.Streaming });

        Assert.AreEqual((1, 1, 4), (plan.KeySplits, plan.Decision.KeySplits, plan.KeyChunks));
        Assert.AreEqual((long)plan.HeadsPerSlice * plan.Variant.Footprint.TileRows * 264, plan.WorkspaceBytes);
    }

    [TestMethod]
    public void ExampleOfTheGuide()
    {
        SlicePlan plan = Plan(new(1, 8, 1, 65536, 64));

        Assert.AreEqual((16, 4096, 8L * 64 * 16 * 264), (plan.KeySplits, plan.KeysPerSlice, plan.WorkspaceBytes));
        Assert.AreEqual(264 << 10, plan.Variant.Footprint.PartialBytesPerTile(65536, 16));
        StringAssert.Contains(
            plan.Explain(),
            """
            Chunks:   16 of 4096 keys, whose results are folded in the order of the keys, by a launch of its own: blocks share rows,
                      a chunk each, and the workspace has a partial result for each: 8 tiles of query rows would leave 124 of 132
                      multiprocessors idle

            """.ReplaceLineEndings("\n"));
        SlicePlan large = Plan(new(2, 8, 16384, 16384, 64));
        Assert.AreEqual((1, 4, 16L * 16384 * 264), (large.KeySplits, large.KeyChunks, large.WorkspaceBytes));
    }

    [TestMethod]
    public void Workspace_IsThePartialRows()
    {
        SlicePlan plan = Plan(new(2, 4, 100, 20000, 64));

        // Two tiles of 64 rows a head; an fp32 row of the output, a maximum and a sum for each of five chunks.
        Assert.AreEqual("streaming-simt-f16-d64-r64", plan.Variant.Id);
        Assert.AreEqual((5, 8L * 128 * 5 * (64 + 2) * 4), (plan.KeySplits, plan.WorkspaceBytes));
        Assert.AreEqual(plan.WorkspaceBytes, plan.Variant.Footprint.Bytes(8, 100, 20000, workers: 0, plan.KeySplits));
        Assert.AreEqual(plan.WorkspaceBytes / 5, plan.Variant.Footprint.Bytes(8, 100, 20000, workers: 0));
        Assert.AreEqual(0L, plan.Variant.Footprint.Bytes(8, 100, 4096, workers: 0));
        Assert.AreEqual(plan.WorkspaceBytes, plan.Decision.RequiredBytes);
    }

    [TestMethod]
    public void LessMemory_SharesNoRows_OrCutsHeadsAndRows_DownToOnePartialResultOfATile()
    {
        AttentionShape shape = new(2, 4, 300, 40000, 64);
        SlicePlan whole = Plan(shape);
        Assert.AreEqual(10, whole.KeySplits);
        long tile = whole.Variant.Footprint.Bytes(1, 1, 40000, workers: 0);
        HashSet<int> splits = [];
        for (long free = whole.WorkspaceBytes; free >= tile; free = free * 2 / 3)
        {
            SlicePlan plan = Plan(shape, free, new() { SafetyFactor = 1 });

            splits.Add(plan.KeySplits);
            Assert.IsLessThanOrEqualTo(free, plan.WorkspaceBytes);
            Assert.IsGreaterThanOrEqualTo(whole.PredictedSeconds, plan.PredictedSeconds);
            Assert.AreEqual(PlanningSetup.Slices(plan)
                .Max(slice => plan.Variant.Footprint.Bytes(slice.HeadCount, slice.RowCount, 40000, 0, plan.KeySplits)),
                plan.WorkspaceBytes);
        }

        Assert.AreSequenceEqual([1, 10], splits.Order());
        var exception = Assert.ThrowsExactly<AttentionMemoryException>(() => Plan(shape, tile - 1, new() { SafetyFactor = 1 }));
        Assert.AreEqual(tile, exception.NeededBytes);
    }

    [TestMethod]
    public void PlanAfterOutOfMemory_GoesOnInSmallerSlices()
    {
        SlicePlan plan = Plan(new(1, 4, 300, 20000, 64));
        Assert.IsGreaterThan(1, plan.KeySplits);
        for (SlicePlan? next = plan.NextAfterOutOfMemory(); next is not null; next = next.NextAfterOutOfMemory())
        {
            Assert.AreEqual(plan.KeySplits, next.KeySplits);
            Assert.IsLessThan(plan.WorkspaceBytes, next.WorkspaceBytes);
        }
    }

    [TestMethod]
    public void LargestLength_IsExact()
    {
        AttentionShape shape = new(1, 1, 1000, 1000, 64);
        for (long free = 0; free < 12_000_000; free += 370_000)
        {
            int length = SlicePlanner.LargestLength(shape, ElementType.Float16, _variants, _gpu, PlanningSetup.Free(free), new());
            Assert.IsTrue(length == 0 || Fits(length), $"{length} with {free}");
            for (int longer = length + 1; longer < length + 12_000; longer += 61)
                Assert.IsFalse(Fits(longer), $"{longer} > {length} with {free}");
            for (int shorter = length; shorter > 0; shorter -= 97)
                Assert.IsTrue(Fits(shorter), $"{shorter} < {length} with {free}");

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
    }

    [TestMethod]
    public void RandomCalls_FitTheBudget_AndAreTheFastestOfAllCuts() => Prop.ForAll(
        (from heads in Gen.Choose(1, 12)
         from queries in Gen.OneOf(Gen.Choose(1, 3), Gen.Choose(1, 700))
         from keys in Gen.OneOf(Gen.Choose(1, 9000), Gen.Choose(1, 90000))
         from multiprocessors in Gen.Elements(0, 4, 46, 132)
         from causal in Gen.Elements(false, true)
         from power in Gen.Choose(1400, 2600)
         select new PlanRequest(
             new(1, heads, queries, keys, 64), ElementType.Float16, _variants, PlanningSetup.Gpu(multiprocessors),
             PlanningSetup.Free((long)Math.Pow(2, power / 100.0)), new() { Causal = causal })).ToArbitrary(),
        request =>
        {
            // Sharing rows has to be worthwhile: among the cuts of a variant it is preferred only then.
            long allowed = (long)(request.Budget.UsableBytes / 1.1);
            double least = double.PositiveInfinity;
            foreach (KernelVariant variant in _variants)
            {
                double alone = Least(variant, 1), shared = KeyChunkRule.SplitsToTry(request, variant) is > 1 and int chunks
                    ? Least(variant, chunks)
                    : double.PositiveInfinity;
                least = Math.Min(least, shared <= alone * 0.8 ? shared : alone);
            }

            SlicePolicy policy = SlicePolicies.Get("exact");
            if (!policy.TryPlan(request, out PlanOutcome outcome))
                return double.IsInfinity(least);

            SlicePlan plan = policy.PlanOf(request, outcome);
            long largest = PlanningSetup.Slices(plan).Max(
                slice => plan.Variant.Footprint.Bytes(slice.HeadCount, slice.RowCount, request.Shape.Keys, 0, plan.KeySplits));
            return plan.WorkspaceBytes == largest && largest <= allowed
                && Math.Abs(plan.PredictedSeconds - least) <= 1e-9 * least
                && (plan.KeySplits == 1 || plan.KeySplits == plan.KeyChunks)
                && plan.Explain().Split('\n').All(line => line.Length <= 120);

            double Least(KernelVariant variant, int splits)
            {
                double found = double.PositiveInfinity;
                int tiles = (int)variant.Footprint.Tiles(1, request.Shape.Queries);
                for (int h = 1; h <= request.Shape.TotalHeads; h++)
                {
                    for (int t = 1; t <= tiles; t++)
                    {
                        PlanOutcome cut = ExactSearch.Outcome(request, variant, h, t, splits);
                        found = cut.WorkspaceBytes <= allowed ? Math.Min(found, cut.PredictedSeconds) : found;
                    }
                }

                return found;
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [TestMethod]
    public void Gpu_CountsWholeTilesAndIdleMultiprocessors()
    {
        KernelVariant[] unsplit =
            [PlanningSetup.Streaming(ElementType.Float16, 64, 64, 0), PlanningSetup.Streaming(ElementType.Float16, 64, 128, 0)];

        Assert.AreEqual(64, Plan(new(2, 8, 128, 4096, 64), variants: unsplit).Variant.SliceRows, "twice as many multiprocessors work");
        Assert.AreEqual(64, Plan(new(64, 8, 64, 4096, 64), variants: unsplit).Variant.SliceRows, "half of the other tile is empty");
        SlicePlan full = Plan(new(1, Multiprocessors, 128, 4096, 64), variants: unsplit);
        SlicePlan half = Plan(new(1, Multiprocessors, 65, 4065, 64), variants: unsplit);
        Assert.AreEqual(full.PredictedSeconds, half.PredictedSeconds, 1e-12);
    }

    private static SlicePlan Plan(
        AttentionShape shape, long freeBytes =
            PlanningSetup.GiB, PlanningOptions? options = null, DeviceProfile? device = null, KernelVariant[]? variants = null) =>
        SlicePlanner.Plan(
            shape, ElementType.Float16, variants ?? _variants, device ?? _gpu, PlanningSetup.Free(freeBytes), options ?? new());

    private static string Flat(string text) => string.Join(' ', text.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries));
}
