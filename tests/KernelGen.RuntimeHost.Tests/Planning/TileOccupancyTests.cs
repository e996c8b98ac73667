using KernelGen.Kernels;
using KernelGen.Planning;
using KernelGen.Planning.Policies;
using KernelGen.Tensors;

namespace KernelGen.RuntimeHost.Tests.Planning;

/// <summary>How tiles share the multiprocessors of a GPU.</summary>
[TestClass]
public sealed class TileOccupancyTests
{
    private const int KiB = 1024;
    private const double Few = 1 / 0.87;

    [TestMethod]
    [DataRow(80, 128, 1, 32, 2, DisplayName = "255 registers of 128 threads leave room for two blocks")]
    [DataRow(80, 128, 4, 32, 4, DisplayName = "launch bounds that promise four")]
    [DataRow(80, 128, 4, 64, 2, DisplayName = "shared memory has no room for four")]
    [DataRow(86, 128, 1, 64, 1, DisplayName = "less shared memory")]
    [DataRow(90, 256, 2, 100, 2)]
    [DataRow(90, 384, 1, 227, 1)]
    [DataRow(120, 256, 1, 64, 1)]
    public void Blocks_AreThoseThatLaunchBoundsAndSharedMemoryPromise(
        int computeCapability, int threads, int minimumBlocks, int shared, int blocks)
    {
        CudaStage stage = new("entry", threads, shared * KiB, 128) { MinimumBlocks = minimumBlocks };

        TileOccupancy occupancy = Of(computeCapability, stage);

        Assert.AreEqual((132, blocks, threads / 32), (occupancy.Workers, occupancy.ResidentTiles, occupancy.Warps));
        Assert.AreEqual(132 * blocks, occupancy.TilesAtOnce);
    }

    [TestMethod]
    public void PersistentKernel_HasNoMoreBlocksThanItsGrid()
    {
        CudaStage stage = new("entry", 128, 16 * KiB, 128) { MinimumBlocks = 2, IsPersistent = true };

        Assert.AreEqual(2, Of(90, stage).ResidentTiles);
        Assert.AreEqual(4, Of(90, stage with { MinimumBlocks = 4 }).ResidentTiles);
    }

    [TestMethod]
    public void BlocksOfFourWarps_AreSlowAlone()
    {
        // Two share a multiprocessor.
        TileOccupancy occupancy = Of(80, new("entry", 128, 64 * KiB, 128));

        Assert.AreEqual(0, occupancy.Busy(0));
        Assert.AreEqual(132 * Few, occupancy.Busy(1), 1e-9, "one multiprocessor is busy, and all wait for it");
        Assert.AreEqual(132 * Few, occupancy.Busy(132), 1e-9);
        Assert.AreEqual(264, occupancy.Busy(133), 1e-9, "some have two, which is twice the work at full speed");
        Assert.AreEqual(264, occupancy.Busy(264), 1e-9);
        Assert.AreEqual(264 + (132 * Few), occupancy.Busy(265), 1e-9);
    }

    [TestMethod]
    public void BlocksThatShareAMultiprocessorWithNoOther_AreSlowAllTheTime_UnlessTheyHaveEightWarps()
    {
        TileOccupancy four = Of(86, new("entry", 128, 64 * KiB, 128));
        TileOccupancy eight = Of(86, new("entry", 256, 64 * KiB, 128));

        Assert.AreEqual((1, 1), (four.ResidentTiles, eight.ResidentTiles));
        Assert.AreEqual(1320 * Few, four.Busy(1320), 1e-9);
        Assert.AreEqual(1320, eight.Busy(1320), 1e-9);
    }

    [TestMethod]
    public void WithoutWhatAMultiprocessorHolds_ATileRunsAtATime()
    {
        TileOccupancy unknown = TileOccupancy.Of(PlanningSetup.Tensor(KernelTarget.Sm80, 128), PlanningSetup.Gpu(132));
        TileOccupancy cpu = TileOccupancy.Of(PlanningSetup.Streaming(ElementType.Float16, 64), PlanningSetup.Device);
        TileOccupancy nothing = TileOccupancy.Of(PlanningSetup.Streaming(ElementType.Float16, 64), PlanningSetup.WithoutWorkers);

        Assert.AreEqual(132, unknown.Busy(5));
        Assert.AreEqual(32, cpu.Busy(17));
        Assert.AreEqual(17, nothing.Busy(17));
    }

    [TestMethod]
    public void NoCutIntoSlices_IsShorterThanTheLeast()
    {
        foreach (int blocks in new[] { 1, 2, 3, 5 })
        {
            TileOccupancy occupancy = Of(90, new("entry", 128, (220 / blocks * KiB) - 2 * KiB, 128) { MinimumBlocks = blocks });
            Assert.AreEqual(blocks, occupancy.ResidentTiles);
            for (int tiles = 1; tiles < 2000; tiles += 7)
            {
                for (int first = 0; first <= tiles; first += 61)
                    Assert.IsGreaterThanOrEqualTo(occupancy.LeastBusy(tiles), occupancy.Busy(first) + occupancy.Busy(tiles - first),
                        $"{first} of {tiles} tiles, {blocks} blocks");
            }
        }
    }

    [TestMethod]
    public void ExactPlan_IsTheFastestOfAllCuts()
    {
        Random random = new(1);
        for (int round = 0; round < 300; round++)
        {
            KernelVariant variant = new(
                "materialized-sm80-f16-d64-r512", KernelFamily.Materialized, KernelTarget.Sm80, ElementType.Float16, 64, 512,
                new(64, TileKeys: 64, BytesPerScore: 4, WorkerBytes: 0),
                new(static () => [], [], [new CudaStage("entry", 128, random.Next(8, 99) * KiB, 64)]))
            {
                Traits = new(ProductUnit.WarpProducts, ScorePasses: 3),
            };
            DeviceProfile device =
                Gpu(random.Next(2) == 0 ? 80 : 86) with { ParallelTiles = random.Next(1, 12), SliceSeconds = random.Next(1, 50) * 1e-7 };
            PlanRequest request = new(
                new(1, random.Next(1, 9), random.Next(1, 1500), random.Next(1, 700), 64), ElementType.Float16, new[] { variant }, device,
                PlanningSetup.Free(random.Next(1, 4000) * 1000L), new());
            double? least = null;
            int tiles = (request.Shape.Queries + 63) / 64;
            for (int heads = 1; heads <= request.Shape.TotalHeads; heads++)
            {
                for (int rows = 1; rows <= Math.Min(tiles, 8); rows++)
                {
                    if (request.WorkspaceBytes(variant, heads, Math.Min(rows * 64, request.Shape.Queries), 1) > request.Budget.FreeBytes)
                        continue;

                    double seconds = ExactSearch.Outcome(request, variant, heads, rows, splits: 1).PredictedSeconds;
                    least = least is { } other ? Math.Min(other, seconds) : seconds;
                }
            }

            bool found = ExactSearch.TryFit(request, variant, request.Budget.FreeBytes, out PlanOutcome outcome);
            Assert.AreEqual(least is not null, found);
            if (least is { } expected)
                Assert.AreEqual(
                    expected, outcome.PredictedSeconds, 1e-9 * expected, $"{request.Shape}, {device.ParallelTiles} multiprocessors");
        }
    }

    private static DeviceProfile Gpu(int computeCapability) => PlanningSetup.Gpu(132) with
    {
        TensorFlopsPerSecond = 300e12,
        Multiprocessor = MultiprocessorLimits.ForComputeCapability(computeCapability),
        Costs = KernelCosts.ForComputeCapability(computeCapability),
    };

    private static TileOccupancy Of(int computeCapability, CudaStage stage) =>
        TileOccupancy.Of(PlanningSetup.Tensor(KernelTarget.Sm80, 128, stages: stage), Gpu(computeCapability));
}
