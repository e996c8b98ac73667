using KernelGen.Generator.Kernels.Sm90a;

namespace KernelGen.Generator.Tests.Cuda;

[TestClass]
public sealed class Sm90aFloat32StreamingTilingTests
{
    private static IEnumerable<Sm90aFloat32StreamingTiling> All =>
        Enumerable.Range(1, 64).SelectMany(i => Sm90aFloat32StreamingTiling.Choices(8 * i));

    [TestMethod]
    public void HeadDimsUpTo256_HaveTilesOf64And128Rows()
    {
        foreach (int headDim in Enumerable.Range(1, 64).Select(i => 8 * i))
            Assert.AreSequenceEqual(
                headDim <= 256 ? [64, 128] : [], Sm90aFloat32StreamingTiling.Choices(headDim).Select(tiling => tiling.TileRows));
    }

    [TestMethod]
    public void EveryTiling_FitsTheSharedMemory()
    {
        foreach (Sm90aFloat32StreamingTiling tiling in All)
        {
            Assert.IsTrue(tiling.Stages is 3 or 4, $"{tiling}");
            Assert.IsLessThanOrEqualTo(227 * 1024, tiling.SharedBytes, $"{tiling}");
        }
    }

    [TestMethod]
    public void EveryTiling_KeepsTheRulesOfRegisters()
    {
        foreach (Sm90aFloat32StreamingTiling tiling in All)
        {
            Assert.IsLessThanOrEqualTo(tiling.ConsumerRegisters - 40, tiling.ArrayRegisters, $"{tiling}");
            Assert.IsLessThanOrEqualTo(65536, tiling.EntryRegisters * tiling.Threads, $"{tiling}");

            // setmaxnreg: 24...256 in steps of 8, and what the splitting warpgroups give back is what the others take. 32 numbers are under
            // way in the former. A thread has 32 numbers under way, 16 or 8 of wide rows.
            int least = tiling.HeadDim > 192 ? 48 : 56;
            Assert.IsTrue(
                tiling.SplitterRegisters >= least && tiling.SplitterRegisters <= 256 && tiling.SplitterRegisters % 8 == 0, $"{tiling}");
            Assert.IsTrue(tiling.ConsumerRegisters is >= 24 and <= 256 && tiling.ConsumerRegisters % 8 == 0, $"{tiling}");
            Assert.IsLessThanOrEqualTo(tiling.EntryRegisters, tiling.SplitterRegisters, $"{tiling}");
            Assert.IsGreaterThanOrEqualTo(tiling.EntryRegisters, tiling.ConsumerRegisters, $"{tiling}");
            Assert.IsLessThanOrEqualTo(
                tiling.EntryRegisters * (tiling.Consumers + 2),
                (2 * tiling.SplitterRegisters) + (tiling.Consumers * tiling.ConsumerRegisters), $"{tiling}");
        }
    }

    [TestMethod]
    public void Shapes_AreThoseOfTheInstructions()
    {
        foreach (Sm90aFloat32StreamingTiling tiling in All)
        {
            int partDims = tiling.Values.Dims / tiling.ValueParts;
            Assert.IsTrue(tiling.TileKeys is >= 16 and <= 256 && tiling.TileKeys % 16 == 0, $"{tiling}");
            Assert.IsTrue(partDims is >= 8 and <= 256 && partDims % tiling.Values.PanelDims == 0
                && tiling.Values.Count % tiling.ValueParts == 0, $"{tiling}");
            Assert.IsGreaterThanOrEqualTo(tiling.HeadDim, tiling.Values.Dims, $"{tiling}");
            Assert.IsGreaterThanOrEqualTo((tiling.HeadDim + 15) / 16 * 16, tiling.Rows.Dims, $"{tiling}");

            // Halves begin where the swizzle's pattern does.
            Assert.AreEqual(0, tiling.QueryHalfBytes % 1024, $"{tiling}");
            Assert.AreEqual(0, tiling.KeyHalfBytes % 1024, $"{tiling}");
            Assert.AreEqual(0, tiling.ValueHalfBytes % 1024, $"{tiling}");
        }
    }

    [TestMethod]
    public void TileKeys_DependOnTheHeadDimAlone()
    {
        foreach (IGrouping<int, Sm90aFloat32StreamingTiling> tilings in All.GroupBy(tiling => tiling.HeadDim))
            Assert.HasCount(1, tilings.Select(tiling => (tiling.TileKeys, tiling.ValueParts)).Distinct(), $"head dim {tilings.Key}");
    }
}
