using KernelGen.Generator.Model;

namespace KernelGen.Generator.Tests.Cuda;

[TestClass]
public sealed class SimtKernelDesignTests
{
    [TestMethod]
    public void EveryVariant_FitsEveryGpu()
    {
        foreach (KernelConfiguration configuration in SimtVariant.All)
        {
            SimtKernelDesign design = SimtKernelDesign.For(configuration);

            Assert.IsLessThanOrEqualTo(SimtKernelDesign.SharedBytesLimit, design.SharedBytes, configuration.Id);
            Assert.IsLessThanOrEqualTo(SimtKernelDesign.RegisterLimit, design.ExpectedRegisters, configuration.Id);
            Assert.IsLessThanOrEqualTo(65536, design.ExpectedRegisters * design.Threads, configuration.Id);
            Assert.IsLessThanOrEqualTo(1024, design.Threads, configuration.Id);
        }
    }

    [TestMethod]
    public void EveryVariant_SharesTilesAmongItsThreadsWithoutRest()
    {
        foreach (KernelConfiguration configuration in SimtVariant.All)
        {
            SimtKernelDesign design = SimtKernelDesign.For(configuration);

            Assert.AreEqual(design.TileRows, design.RowsPerThread * SimtKernelDesign.RowGroups, configuration.Id);
            Assert.AreEqual(SimtKernelDesign.TileKeys, design.KeysPerThread * design.Lanes, configuration.Id);
            Assert.AreEqual(design.LaneDims, (4 * design.LaneQuads) + (2 * design.LanePairs) + design.LaneSingles, configuration.Id);
            Assert.AreEqual(design.ValuePitch, design.SinglesBegin + (design.LaneSingles * design.Lanes), configuration.Id);
            Assert.IsInRange(0, design.Lanes - 1, design.ValuePitch - design.HeadDim, configuration.Id);
            Assert.AreEqual(0, SimtKernelDesign.TileKeys % design.ValueKeys, configuration.Id);
            Assert.AreEqual(0, design.ValueKeys % 4, configuration.Id);
        }
    }

    [TestMethod]
    public void EveryVariant_ReadsSharedMemoryWithoutBankConflicts()
    {
        foreach (KernelConfiguration configuration in SimtVariant.All)
        {
            SimtKernelDesign design = SimtKernelDesign.For(configuration);

            // Eight neighbouring rows of 16 bytes, as a quarter of a warp reads them, cover all 32 banks.
            int[] banks = [.. Enumerable.Range(0, 8).SelectMany(row => Enumerable.Range(0, 4).Select(i => ((row * design.ChunkPitch) + i) % 32))];
            Assert.HasCount(32, banks.Distinct().ToArray(), configuration.Id);

            // The lanes of a warp's rows store one probability each.
            int rows = 32 / design.Lanes;
            banks = [.. Enumerable.Range(0, rows).SelectMany(row => Enumerable.Range(0, design.Lanes).Select(lane => ((row * design.ProbabilityPitch) + lane) % 32))];
            Assert.HasCount(32, banks.Distinct().ToArray(), configuration.Id);
        }
    }

    [TestMethod]
    public void Chunks_AreWholeQuadsAndCoverTheHeadDim()
    {
        foreach (KernelConfiguration configuration in SimtVariant.All)
        {
            SimtKernelDesign design = SimtKernelDesign.For(configuration);

            Assert.AreEqual(0, design.ChunkDims % 4, configuration.Id);
            Assert.IsInRange(design.ChunkDims, design.ChunkDims + 4, design.ChunkPitch, configuration.Id);
            Assert.IsLessThanOrEqualTo(design.HeadDim, design.ChunkDims, configuration.Id);
        }
    }

    [TestMethod]
    [DataRow(40, 128, 40, 44, 64, 5)]
    [DataRow(64, 128, 32, 36, 64, 8)]
    [DataRow(128, 128, 32, 36, 32, 16)]
    [DataRow(256, 128, 32, 36, 16, 32)]
    [DataRow(264, 256, 44, 44, 8, 17)]
    [DataRow(512, 256, 32, 36, 8, 32)]
    public void KnownHeadDims_HaveTheTilesOnPaper(int headDim, int threads, int chunkDims, int chunkPitch, int valueKeys, int laneDims)
    {
        SimtKernelDesign design = SimtKernelDesign.For(SimtVariant.Of(KernelFamily.Streaming, ElementType.Float32, headDim, 64));

        Assert.AreEqual(threads, design.Threads);
        Assert.AreEqual(chunkDims, design.ChunkDims);
        Assert.AreEqual(chunkPitch, design.ChunkPitch);
        Assert.AreEqual(valueKeys, design.ValueKeys);
        Assert.AreEqual(laneDims, design.LaneDims);
    }

    [TestMethod]
    [DataRow(40, 4)]
    [DataRow(64, 4)]
    [DataRow(128, 3)]
    [DataRow(256, 2)]
    [DataRow(512, 1)]
    public void BlocksOfTheLaunchBounds_LeaveTheRegistersThatAThreadNeeds(int headDim, int blocks)
    {
        SimtKernelDesign design = SimtKernelDesign.For(SimtVariant.Of(KernelFamily.Streaming, ElementType.Float16, headDim, 64));

        Assert.AreEqual(blocks, design.RegisterBlocks);
        Assert.IsLessThanOrEqualTo(65536 / (blocks * design.Threads), design.ExpectedRegisters);
    }

    [TestMethod]
    [DataRow(8, 16)]
    [DataRow(31, 16)]
    [DataRow(32, 32)]
    [DataRow(63, 32)]
    [DataRow(64, 64)]
    [DataRow(8192, 64)]
    public void ShortSlices_HaveShortTiles(int sliceRows, int tileRows) =>
        Assert.AreEqual(tileRows, SimtKernelDesign.For(SimtVariant.Of(KernelFamily.Materialized, ElementType.Float16, 64, sliceRows)).TileRows);

    [TestMethod]
    public void StreamingSliceThatIsNoTile_IsRefused() =>
        Assert.ThrowsExactly<ArgumentException>(() => SimtKernelDesign.For(SimtVariant.Of(KernelFamily.Streaming, ElementType.Float16, 64, 100)));

    [TestMethod]
    public void VariantOfAnotherTarget_IsRefused() =>
        Assert.ThrowsExactly<ArgumentException>(
            () => SimtKernelDesign.For(new(KernelFamily.Streaming, KernelTarget.Cpu, ElementType.Float16, 64, 64)));
}
