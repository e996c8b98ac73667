using KernelGen.Generator.Kernels.Sm90a;

namespace KernelGen.Generator.Tests.Cuda;

[TestClass]
public sealed class Sm90aMaterializedTilingTests
{
    private static IEnumerable<Sm90aMaterializedTiling> All => Enumerable.Range(1, 64).Select(i => Sm90aMaterializedTiling.For(8 * i));

    [TestMethod]
    public void EveryTiling_FitsAMultiprocessor()
    {
        foreach (Sm90aMaterializedTiling tiling in All)
        {
            Assert.IsGreaterThanOrEqualTo(2, tiling.ScoreStages, $"{tiling}");
            Assert.IsGreaterThanOrEqualTo(2, tiling.ValueStages, $"{tiling}");
            Assert.IsLessThanOrEqualTo(227 * 1024, tiling.ScoresSharedBytes, $"{tiling}");
            Assert.IsLessThanOrEqualTo(227 * 1024, tiling.ValuesSharedBytes, $"{tiling}");
            Assert.IsLessThanOrEqualTo(Sm90aMaterializedTiling.MostArrayRegisters, tiling.ScoreArrayRegisters, $"{tiling}");
            Assert.IsLessThanOrEqualTo(Sm90aMaterializedTiling.MostArrayRegisters, tiling.ValueArrayRegisters, $"{tiling}");
        }

        // What the producer warpgroup gives back is what the others take: 65536 registers among three warpgroups, in steps of 8.
        int entry = 65536 / Sm90aMaterializedTiling.Threads / 8 * 8;
        Assert.IsLessThanOrEqualTo(3 * entry, Sm90aMaterializedTiling.ProducerRegisters + (2 * Sm90aMaterializedTiling.ConsumerRegisters));
    }

    [TestMethod]
    public void Shapes_AreThoseOfTheInstructions()
    {
        foreach (Sm90aMaterializedTiling tiling in All)
        {
            int columns = tiling.Values.Dims / tiling.ColumnGroups;
            Assert.IsTrue(tiling.TileKeys is >= 16 and <= 256 && tiling.TileKeys % 16 == 0, $"{tiling}");
            Assert.IsTrue(columns is >= 8 and <= 256 && columns % tiling.Values.PanelDims == 0, $"{tiling}");
            Assert.IsGreaterThanOrEqualTo(tiling.HeadDim, tiling.Values.Dims, $"{tiling}");

            // Bulk copies: lines of 16 bytes, to multiples of 128.
            Assert.AreEqual(0, tiling.WorkspaceTileBytes % 128, $"{tiling}");
        }
    }

    [TestMethod]
    [DataRow(64, 128, 4, 4)]
    [DataRow(128, 128, 4, 3)]
    [DataRow(256, 128, 2, 2)]
    [DataRow(384, 64, 2, 4)]
    [DataRow(512, 48, 2, 4)]
    public void KnownHeadDims_HaveTheTilesOnPaper(int headDim, int keys, int scoreStages, int valueStages)
    {
        Sm90aMaterializedTiling tiling = Sm90aMaterializedTiling.For(headDim);

        Assert.AreEqual((keys, scoreStages, valueStages), (tiling.TileKeys, tiling.ScoreStages, tiling.ValueStages));
    }
}
