using KernelGen.Generator.Kernels.Sm90a;

namespace KernelGen.Generator.Tests.Cuda;

[TestClass]
public sealed class Sm90aWideStreamingTilingTests
{
    private static IEnumerable<Sm90aWideStreamingTiling> All =>
        Enumerable.Range(33, 32).Select(static i => new Sm90aWideStreamingTiling(8 * i));

    [TestMethod]
    public void EveryTiling_FitsTheSharedMemory()
    {
        foreach (Sm90aWideStreamingTiling tiling in All)
        {
            Assert.IsLessThanOrEqualTo(227 * 1024, tiling.SharedBytes, $"{tiling}");

            // With fewer a warpgroup would wait for a part while it holds all stages.
            Assert.IsGreaterThanOrEqualTo(Sm90aWideStreamingTiling.FewestStages, tiling.Stages, $"{tiling}");
            Assert.AreEqual(0, tiling.StageBytes % 1024, $"{tiling}");
        }
    }

    [TestMethod]
    public void LargestHeadDim_LeavesNoPartUnused()
    {
        Sm90aWideStreamingTiling tiling = new Sm90aWideStreamingTiling(512);

        Assert.AreEqual((4, 16384, 231568), (tiling.Stages, tiling.StageBytes, tiling.SharedBytes));
        Assert.AreEqual((4, 2, 256), (tiling.KeyParts, tiling.KeyPartPanels, tiling.ValueDims));
    }

    [TestMethod]
    public void EveryTiling_KeepsTheRulesOfRegisters()
    {
        int entry = Sm90aWideStreamingTiling.EntryRegisters, producer = Sm90aWideStreamingTiling.ProducerRegisters,
        consumer = Sm90aWideStreamingTiling.ConsumerRegisters;
        foreach (Sm90aWideStreamingTiling tiling in All)
            Assert.IsLessThanOrEqualTo(Sm90aWideStreamingTiling.MostArrayRegisters, tiling.ArrayRegisters, $"{tiling}");

        // setmaxnreg: 24...256 in steps of 8, and what the producer warpgroup gives back is what the others take.
        Assert.IsLessThanOrEqualTo(65536, entry * Sm90aWideStreamingTiling.Threads);
        Assert.IsTrue(producer >= 24 && producer < entry && producer % 8 == 0);
        Assert.IsTrue(consumer > entry && consumer <= 256 && consumer % 8 == 0);
        Assert.IsLessThanOrEqualTo(entry * (Sm90aWideStreamingTiling.Groups + 1), producer + (consumer * Sm90aWideStreamingTiling.Groups));
    }

    [TestMethod]
    public void Shapes_AreThoseOfTheInstructions()
    {
        foreach (Sm90aWideStreamingTiling tiling in All)
        {
            // Columns of a product are 8...256 in steps of 8, and whole panels of V.
            Assert.IsTrue(tiling.ValueDims is >= 8 and <= 256 && tiling.ValueDims % 16 == 0, $"{tiling}");
            Assert.AreEqual(tiling.Values.Dims, tiling.ValueDims * Sm90aWideStreamingTiling.Groups, $"{tiling}");
            Assert.IsGreaterThanOrEqualTo(tiling.HeadDim, tiling.Values.Dims, $"{tiling}");

            // Scores and values have accumulators of different sizes: the product that is meant is told by them.
            Assert.AreNotEqual(Sm90aWideStreamingTiling.GroupKeys, tiling.ValueDims, $"{tiling}");

            // The parts of K are all its panels, and none is empty; each product finds its dims.
            Assert.IsGreaterThanOrEqualTo(tiling.Rows.Count, tiling.KeyParts * tiling.KeyPartPanels, $"{tiling}");
            Assert.IsLessThan(tiling.Rows.Count, (tiling.KeyParts - 1) * tiling.KeyPartPanels, $"{tiling}");
            Assert.IsGreaterThanOrEqualTo((tiling.HeadDim + 15) / 16 * 16, tiling.Rows.Dims, $"{tiling}");

            // Panels begin where the swizzle's pattern does.
            Assert.AreEqual(
                0, tiling.Values.PanelBytes(Sm90aWideStreamingTiling.ValuePartKeys) % (8 * tiling.Values.RowBytes), $"{tiling}");
        }
    }
}
