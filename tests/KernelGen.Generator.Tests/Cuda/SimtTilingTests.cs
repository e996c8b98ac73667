using KernelGen.Generator.Kernels.Simt;

namespace KernelGen.Generator.Tests.Cuda;

[TestClass]
public sealed class SimtTilingTests
{
    private static readonly SimtTiling[] _all =
    [
        .. from headDim in SimtVariant.HeadDims from rows in new[]
            { SimtTiling.MaxTileRows / 2, SimtTiling.MaxTileRows } select new SimtTiling(headDim, rows),
    ];

    [TestMethod]
    public void EveryVariant_FitsEveryGpu()
    {
        foreach (SimtTiling design in _all)
        {
            Assert.IsLessThanOrEqualTo(SimtTiling.SharedBytesLimit, design.SharedBytes, $"d={design.HeadDim}");
            Assert.IsLessThanOrEqualTo(SimtTiling.RegisterLimit, design.ExpectedRegisters, $"d={design.HeadDim}");
            Assert.IsLessThanOrEqualTo(65536, design.ExpectedRegisters * design.Threads, $"d={design.HeadDim}");
            Assert.IsLessThanOrEqualTo(1024, design.Threads, $"d={design.HeadDim}");
        }
    }

    [TestMethod]
    public void EveryVariant_SharesTilesAmongItsThreadsWithoutRest()
    {
        foreach (SimtTiling design in _all)
        {
            Assert.AreEqual(design.TileRows, design.RowsPerThread * SimtTiling.RowGroups, $"d={design.HeadDim}");
            Assert.AreEqual(SimtTiling.TileKeys, design.KeysPerThread * design.Lanes, $"d={design.HeadDim}");
            Assert.AreEqual(design.LaneDims, (4 * design.LaneQuads) + (2 * design.LanePairs) + design.LaneSingles, $"d={design.HeadDim}");
            Assert.AreEqual(design.ValuePitch, design.SinglesBegin + (design.LaneSingles * design.Lanes), $"d={design.HeadDim}");
            Assert.IsInRange(0, design.Lanes - 1, design.ValuePitch - design.HeadDim, $"d={design.HeadDim}");
            Assert.AreEqual(0, SimtTiling.TileKeys % design.ValueKeys, $"d={design.HeadDim}");
            Assert.AreEqual(0, design.ValueKeys % 4, $"d={design.HeadDim}");
        }
    }

    [TestMethod]
    public void EveryVariant_ReadsSharedMemoryWithoutBankConflicts()
    {
        foreach (SimtTiling design in _all)
        {
            // Eight neighbouring rows of 16 bytes, as a quarter of a warp reads them, cover all 32 banks.
            int[] banks =
                [.. Enumerable.Range(0, 8).SelectMany(row => Enumerable.Range(0, 4).Select(i => ((row * design.ChunkPitch) + i) % 32))];
            Assert.HasCount(32, banks.Distinct().ToArray(), $"d={design.HeadDim}");

            // The lanes of a warp's rows store one probability each.
            int rows = 32 / design.Lanes;
            banks = [.. Enumerable.Range(0, rows)
                .SelectMany(row => Enumerable.Range(0, design.Lanes).Select(lane => ((row * design.ProbabilityPitch) + lane) % 32))];
            Assert.HasCount(32, banks.Distinct().ToArray(), $"d={design.HeadDim}");
        }
    }

    [TestMethod]
    public void Chunks_AreWholeQuadsAndCoverTheHeadDim()
    {
        foreach (SimtTiling design in _all)
        {
            Assert.AreEqual(0, design.ChunkDims % 4, $"d={design.HeadDim}");
            Assert.IsInRange(design.ChunkDims, design.ChunkDims + 4, design.ChunkPitch, $"d={design.HeadDim}");
            Assert.IsLessThanOrEqualTo(design.HeadDim, design.ChunkDims, $"d={design.HeadDim}");
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
        SimtTiling design = new SimtTiling(headDim, SimtTiling.MaxTileRows);

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
        SimtTiling design = new SimtTiling(headDim, SimtTiling.MaxTileRows);

        Assert.AreEqual(blocks, design.RegisterBlocks);
        Assert.IsLessThanOrEqualTo(65536 / (blocks * design.Threads), design.ExpectedRegisters);
    }
}
