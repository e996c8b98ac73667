using KernelGen.Generator.Kernels.Sm90a;

namespace KernelGen.Generator.Tests.Cuda;

[TestClass]
public sealed class Sm90aStreamingTilingTests
{
    private static IEnumerable<Sm90aStreamingTiling> All => Enumerable.Range(1, 32).SelectMany(i => Sm90aStreamingTiling.Choices(8 * i));

    [TestMethod]
    public void EveryTiling_FitsTheSharedMemory()
    {
        foreach (Sm90aStreamingTiling tiling in All)
        {
            Assert.IsGreaterThanOrEqualTo(2, tiling.Stages, $"{tiling}");
            Assert.IsLessThanOrEqualTo(227 * 1024, tiling.SharedBytes, $"{tiling}");
            Assert.IsLessThanOrEqualTo(228 * 1024, tiling.BlocksPerProcessor * (tiling.SharedBytes + 1024), $"{tiling}");
        }
    }

    [TestMethod]
    public void EveryTiling_KeepsTheRulesOfRegisters()
    {
        foreach (Sm90aStreamingTiling tiling in All)
        {
            Assert.IsLessThanOrEqualTo(tiling.MostArrayRegisters, tiling.ArrayRegisters, $"{tiling}");
            Assert.IsLessThanOrEqualTo(65536, tiling.EntryRegisters * tiling.Threads * tiling.BlocksPerProcessor, $"{tiling}");
            if (tiling.ConsumerRegisters == 0)
            {
                Assert.AreEqual((0, 256), (tiling.ProducerRegisters, tiling.EntryRegisters), $"{tiling}");
                continue;
            }

            // setmaxnreg: 24...256 in steps of 8, and what the producer warpgroup gives back is what the others take.
            Assert.IsTrue(tiling.ProducerRegisters is >= 24 and <= 256 && tiling.ProducerRegisters % 8 == 0, $"{tiling}");
            Assert.IsTrue(tiling.ConsumerRegisters is >= 24 and <= 256 && tiling.ConsumerRegisters % 8 == 0, $"{tiling}");
            Assert.IsLessThanOrEqualTo(tiling.EntryRegisters, tiling.ProducerRegisters, $"{tiling}");
            Assert.IsGreaterThanOrEqualTo(tiling.EntryRegisters, tiling.ConsumerRegisters, $"{tiling}");
            Assert.IsLessThanOrEqualTo(
                tiling.EntryRegisters * (tiling.Consumers + 1), tiling.ProducerRegisters + (tiling.Consumers * tiling.ConsumerRegisters),
                $"{tiling}");
        }
    }

    [TestMethod]
    public void Shapes_AreThoseOfTheInstructions()
    {
        foreach (Sm90aStreamingTiling tiling in All)
        {
            // Columns of a product: 8...256 in steps of 8; keys are also the depth of the second product, 16 at a time. Boxes have at most
            // 256 rows.
            Assert.IsTrue(tiling.TileKeys is >= 16 and <= 256 && tiling.TileKeys % 16 == 0, $"{tiling}");
            Assert.IsTrue(tiling.Values.Dims is >= 8 and <= 256, $"{tiling}");
            Assert.IsLessThanOrEqualTo(256, tiling.TileRows, $"{tiling}");
            Assert.IsTrue(tiling.Rows.PanelDims is 16 or 32 or 64 && tiling.Values.PanelDims is 16 or 32 or 64, $"{tiling}");

            // No copy begins past the head dim; every product finds its dims.
            Assert.IsLessThan(tiling.HeadDim, tiling.Rows.Dims - tiling.Rows.PanelDims, $"{tiling}");
            Assert.IsLessThan(tiling.HeadDim + 16, tiling.Values.Dims, $"{tiling}");
            Assert.IsGreaterThanOrEqualTo(tiling.HeadDim, tiling.Values.Dims, $"{tiling}");
            Assert.IsGreaterThanOrEqualTo((tiling.HeadDim + 15) / 16 * 16, tiling.Rows.Dims, $"{tiling}");

            // A warpgroup's rows and every panel begin where the swizzle's pattern does: at multiples of eight rows.
            Assert.AreEqual(0, tiling.Rows.PanelBytes(tiling.TileKeys) % (8 * tiling.Rows.RowBytes), $"{tiling}");
        }
    }

    [TestMethod]
    [DataRow(40, 64, 1, 16, 3)]
    [DataRow(64, 64, 1, 64, 1)]
    [DataRow(80, 16, 5, 16, 5)]
    [DataRow(96, 32, 3, 32, 3)]
    [DataRow(128, 64, 2, 64, 2)]
    [DataRow(160, 32, 5, 32, 5)]
    [DataRow(256, 64, 4, 64, 4)]
    public void Panels_AreAsWideAsTheHeadDimAllows(int headDim, int rowDims, int rowPanels, int valueDims, int valuePanels)
    {
        Assert.AreEqual(new Sm90aPanels(rowDims, rowPanels), Sm90aPanels.AlongRows(headDim));
        Assert.AreEqual(new Sm90aPanels(valueDims, valuePanels), Sm90aPanels.AcrossRows(headDim));
    }

    [TestMethod]
    public void TileKeys_DependOnTheHeadDimAlone()
    {
        foreach (IGrouping<int, Sm90aStreamingTiling> tilings in All.GroupBy(tiling => tiling.HeadDim))
            Assert.HasCount(1, tilings.Select(tiling => tiling.TileKeys).Distinct(), $"head dim {tilings.Key}");
    }

    [TestMethod]
    public void Polynomials_TakeTheSameKeysOfEveryTile_WhereTheUnitForPowersOfTwoIsTheLimit()
    {
        foreach (IGrouping<int, Sm90aStreamingTiling> tilings in All.GroupBy(tiling => tiling.HeadDim))
            Assert.AreSequenceEqual(
                [tilings.Key <= 64 ? 8 : 0], tilings.Select(tiling => tiling.PolynomialEvery).Distinct(), $"head dim {tilings.Key}");
    }
}
