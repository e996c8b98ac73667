using KernelGen.Generator.Kernels.Sm90a;

namespace KernelGen.Generator.Tests.Cuda;

[TestClass]
public sealed class Sm90aShortKeysTilingTests
{
    private static IEnumerable<Sm90aShortKeysTiling> All => Enumerable.Range(1, 64).SelectMany(i => Sm90aShortKeysTiling.Choices(8 * i));

    [TestMethod]
    public void EveryTiling_FitsAMultiprocessor()
    {
        foreach (Sm90aShortKeysTiling tiling in All)
        {
            Assert.IsLessThanOrEqualTo(227 * 1024, tiling.SharedBytes, $"{tiling}");
            Assert.IsLessThanOrEqualTo(228 * 1024, tiling.BlocksPerProcessor * (tiling.SharedBytes + 1024), $"{tiling}");
            Assert.IsLessThanOrEqualTo(65536, tiling.BlocksPerProcessor * tiling.Threads * tiling.LimitRegisters, $"{tiling}");
            Assert.IsLessThanOrEqualTo(tiling.LimitRegisters, tiling.ArrayRegisters + Sm90aShortKeysTiling.OtherRegisters, $"{tiling}");
            Assert.IsInRange(1, 255, tiling.LimitRegisters, $"{tiling}");
        }
    }

    [TestMethod]
    public void EveryTiling_HasQueriesComeWhileOthersAreComputed()
    {
        foreach (Sm90aShortKeysTiling tiling in All)
        {
            int tiles = tiling.TileRows / (64 * tiling.Warpgroups);
            Assert.AreEqual(tiling.TileRows, tiles * 64 * tiling.Warpgroups, $"{tiling}");
            Assert.IsInRange(Math.Min(2, tiles), Math.Min(3, tiles), tiling.Stages, $"{tiling}");
        }
    }

    [TestMethod]
    public void Shapes_AreThoseOfTheInstructions()
    {
        foreach (Sm90aShortKeysTiling tiling in All)
        {
            int columns = tiling.Values.Dims / tiling.ColumnGroups;
            Assert.AreEqual(0, tiling.MaximumKeys % 16, $"{tiling}");
            Assert.IsTrue(columns is >= 8 and <= 256 && columns % tiling.Values.PanelDims == 0, $"{tiling}");
            Assert.IsGreaterThanOrEqualTo(tiling.HeadDim, tiling.Values.Dims, $"{tiling}");

            // Every group of columns begins within the head dim, and no copy begins past it but for one that evens out the groups.
            Assert.IsLessThan(tiling.HeadDim, columns * (tiling.ColumnGroups - 1), $"{tiling}");
            Assert.IsLessThanOrEqualTo(tiling.HeadDim + (16 * tiling.ColumnGroups) - 1, tiling.Values.Dims, $"{tiling}");
            Assert.AreEqual(0, tiling.Rows.TileBytes(64) % 1024, $"{tiling}");
        }
    }

    [TestMethod]
    public void EveryHeadDim_HasAKernelForAPrompt()
    {
        foreach (int headDim in Enumerable.Range(1, 64).Select(i => 8 * i))
            Assert.IsTrue(
                Sm90aShortKeysTiling.Choices(headDim).Any(tiling => tiling is { MaximumKeys: 80, TileRows: 64 }), $"head dim {headDim}");
    }

    [TestMethod]
    [DataRow(40, "80: 64 128 512, 160: 64 128 512")]
    [DataRow(160, "80: 64 128 512, 160: 64 128 512")]
    [DataRow(256, "80: 64 128 512, 160: 64 128 512")]
    [DataRow(512, "80: 64")]
    public void Rows_AreThoseThatSharedMemoryHolds(int headDim, string expected) => Assert.AreEqual(expected, string.Join(
        ", ",
        Sm90aShortKeysTiling.Choices(headDim).GroupBy(tiling => tiling.MaximumKeys, tiling => tiling.TileRows)
            .Select(group => $"{group.Key}: {string.Join(' ', group)}")));

    [TestMethod]
    [DataRow(40, 80, 512, 4, 2, 1)]
    [DataRow(40, 80, 64, 1, 1, 4)]
    [DataRow(80, 80, 128, 2, 1, 1)]
    [DataRow(160, 80, 64, 1, 1, 2)]
    public void PromptsOfDiffusionModels_HaveTheTilesOnPaper(int headDim, int keys, int rows, int warpgroups, int stages, int blocks)
    {
        Sm90aShortKeysTiling tiling =
            Sm90aShortKeysTiling.Choices(headDim).Single(tiling => (tiling.MaximumKeys, tiling.TileRows) == (keys, rows));

        Assert.AreEqual((warpgroups, stages, blocks), (tiling.Warpgroups, tiling.Stages, tiling.BlocksPerProcessor));
    }
}
