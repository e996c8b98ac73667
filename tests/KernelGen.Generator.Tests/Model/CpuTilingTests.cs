using KernelGen.Generator.Kernels.Cpu;

namespace KernelGen.Generator.Tests.Model;

[TestClass]
public sealed class CpuTilingTests
{
    private static readonly CpuTiling[] _tilings = [.. Enumerable.Range(1, 64).Select(step => new CpuTiling(step * 8))];

    [TestMethod]
    public void ValueTiles_CoverTheHeadDimExactly()
    {
        foreach (CpuTiling tiling in _tilings)
        {
            foreach (CpuVectorTile vector in tiling.Vectors)
                Assert.AreEqual(tiling.HeadDim, vector.FusedValueDims + vector.ValueTiles.Sum(tile => tile.Dims * tile.Count),
                    $"d={tiling.HeadDim}, {vector.VectorBits} bits");
        }
    }

    [TestMethod]
    public void RegisterTiles_FitTheRegisters_AndHideTheLatency()
    {
        foreach (CpuVectorTile vector in _tilings.SelectMany(tiling => tiling.Vectors))
        {
            Assert.IsLessThanOrEqualTo(vector.VectorBits == 512 ? 32 : 16, vector.Registers);
            Assert.AreEqual(vector.VectorBits == 512, vector.FusedValueDims * 2 >= 8);
            Assert.IsTrue(vector.ValueTiles.All(tile => tile.Dims * 2 >= 8));
        }
    }

    [TestMethod]
    public void Blocks_AreWholeStepsOfEveryMicroKernel()
    {
        foreach (CpuTiling tiling in _tilings)
        {
            Assert.AreEqual(0, tiling.KeyBlock % CpuTiling.KeyStep);
            Assert.AreEqual(0, CpuTiling.ChunkKeys % tiling.KeyBlock);
            Assert.IsGreaterThanOrEqualTo(CpuTiling.MaskStep, tiling.KeyBlock);
            Assert.IsTrue(tiling.Vectors.All(vector => CpuTiling.KeyStep % vector.ScoreKeys == 0));
            Assert.IsTrue(tiling.Vectors.All(vector => CpuTiling.TileRows % vector.Lanes == 0));
        }
    }

    [TestMethod]
    public void AWorker_StaysInTheSecondLevelCache()
    {
        foreach (CpuTiling tiling in _tilings)
            Assert.IsLessThanOrEqualTo(
                1 << 20, Math.Max(tiling.Streaming.Bytes, tiling.Materialized.Bytes(CpuTiling.TileRows)), $"d={tiling.HeadDim}");
    }

    [TestMethod]
    public void Scratch_HoldsItsPartsOneAfterTheOther_OnCacheLines()
    {
        foreach (CpuTiling tiling in _tilings)
        {
            foreach (ScratchLayout scratch in new ScratchLayout[] { tiling.Streaming, tiling.Materialized })
            {
                for (int i = 0; i < scratch.Parts.Count; i++)
                {
                    int next = i + 1 < scratch.Parts.Count ? scratch.Parts[i + 1].At : scratch.End;

                    Assert.AreEqual(0, scratch.Parts[i].At % 64);
                    Assert.IsLessThanOrEqualTo(next, scratch.Parts[i].At + (scratch.Parts[i].Floats * sizeof(float)));
                }
            }
        }
    }

    [TestMethod]
    [DataRow(40, 256, 260)]
    [DataRow(512, 128, 640)]
    public void SmallSlices_RunInTinyBudgets(int headDim, int keys, int kibibytes)
    {
        int paddedKeys = (keys + CpuTiling.KeyStep - 1) / CpuTiling.KeyStep * CpuTiling.KeyStep;
        int scores = CpuTiling.SmallTileRows * paddedKeys * sizeof(float);

        Assert.IsLessThanOrEqualTo(kibibytes * 1024, new CpuTiling(headDim).Materialized.Bytes(CpuTiling.SmallTileRows) + scores);
    }
}
