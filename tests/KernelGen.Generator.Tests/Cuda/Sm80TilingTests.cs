using KernelGen.Generator.Kernels.Sm80;

namespace KernelGen.Generator.Tests.Cuda;

[TestClass]
public sealed class Sm80TilingTests
{
    private const int Registers = 255; // of a thread

    [TestMethod]
    public void EveryStreamingTiling_FitsEveryGpu()
    {
        foreach (Sm80StreamingTiling tiling in StreamingTilings())
        {
            Assert.IsInRange(1, Sm80Limits.SharedBytes, tiling.SharedBytes, tiling.ToString());
            Assert.IsInRange(1, Registers, tiling.ExpectedRegisters, tiling.ToString());
            Assert.AreEqual(0, tiling.SharedBytes % 16, tiling.ToString());
        }
    }

    [TestMethod]
    public void EveryStreamingTiling_SharesItsTilesAmongTheWarpsWithoutRest()
    {
        foreach (Sm80StreamingTiling tiling in StreamingTilings())
        {
            int rowTilesOfBlock = tiling.TileRows / 16;
            if (tiling.IsSplit)
            {
                // Each warp has 16 rows and an equal part of the keys, in steps of 16.
                Assert.AreEqual(rowTilesOfBlock, tiling.RowTiles, tiling.ToString());
                Assert.AreEqual(0, tiling.Warps % rowTilesOfBlock, tiling.ToString());
                Assert.AreEqual(0, tiling.TileKeys / (tiling.Warps / rowTilesOfBlock) % 16, tiling.ToString());
                Assert.AreEqual(Sm80StreamingTiling.ProbabilityBytes, 2 * tiling.TileKeys, tiling.ToString());
            }
            else
            {
                Assert.AreEqual(rowTilesOfBlock, tiling.RowTiles * tiling.Warps, tiling.ToString());
            }

            Assert.AreEqual(0, tiling.TileKeys % 16, tiling.ToString());
        }
    }

    [TestMethod]
    public void TileOfKeys_DependsOnTheHeadDimAlone()
    {
        // The order in which a row meets its keys, and so its bits, must not depend on the variant that a plan takes.
        foreach (int headDim in SimtVariant.HeadDims)
        {
            Assert.HasCount(1, Sm80StreamingTiling.Choices(headDim).Select(tiling => tiling.TileKeys).Distinct().ToArray());
        }
    }

    [TestMethod]
    public void EveryMaterializedTiling_FitsEveryGpu()
    {
        foreach (Sm80MaterializedTiling tiling in SimtVariant.HeadDims.SelectMany(
            headDim => new[] { Sm80MaterializedTiling.For(headDim, true), Sm80MaterializedTiling.For(headDim, false) }))
        {
            Assert.IsInRange(1, Sm80Limits.SharedBytes, tiling.ScoresSharedBytes, tiling.ToString());
            Assert.IsInRange(1, Sm80Limits.SharedBytes, tiling.ValuesSharedBytes, tiling.ToString());
            Assert.IsInRange(1, Registers, tiling.ExpectedRegisters, tiling.ToString());
            Assert.AreEqual(Sm80Limits.Warps, tiling.ColumnGroups * (tiling.TileRows / 16), tiling.ToString());
            Assert.AreEqual(0, tiling.TileKeys / tiling.ColumnGroups % 16, tiling.ToString());
        }
    }

    [TestMethod]
    public void ShortKeys_AreThereForPromptsAtTheHeadDimsOfDiffusionModels()
    {
        foreach (int headDim in SimtVariant.HeadDims)
        {
            foreach (Sm80ShortKeysTiling tiling in Sm80ShortKeysTiling.Choices(headDim))
            {
                Assert.IsInRange(1, Sm80Limits.SharedBytes, tiling.SharedBytes, tiling.ToString());
                Assert.IsInRange(1, Registers, tiling.ExpectedRegisters, tiling.ToString());
                Assert.AreEqual(0, tiling.MaximumKeys % 16, tiling.ToString());
            }
        }

        Assert.AreSequenceEqual([80, 160], Sm80ShortKeysTiling.Choices(40).Select(tiling => tiling.MaximumKeys));
        Assert.AreSequenceEqual([80, 160], Sm80ShortKeysTiling.Choices(64).Select(tiling => tiling.MaximumKeys));
        Assert.AreSequenceEqual([80, 160], Sm80ShortKeysTiling.Choices(128).Select(tiling => tiling.MaximumKeys));
        Assert.AreSequenceEqual([80], Sm80ShortKeysTiling.Choices(160).Select(tiling => tiling.MaximumKeys));
        Assert.IsEmpty(Sm80ShortKeysTiling.Choices(512));
    }

    [TestMethod]
    public void EveryRowLayout_HasNoBankConflicts()
    {
        foreach (int headDim in SimtVariant.HeadDims)
        {
            Sm80Rows rows = Sm80Rows.For(headDim);
            int chunks = headDim / Sm80Rows.ChunkElements;
            Assert.IsGreaterThanOrEqualTo(2 * headDim, rows.Bytes);
            Assert.IsLessThanOrEqualTo((2 * headDim) + Sm80Rows.ChunkBytes, rows.Bytes);
            for (int chunk = 0; chunk < chunks; chunk++)
            {
                // The eight rows of a matrix load, 16 bytes each, take every one of the eight groups of four banks.
                int[] groups = [.. Enumerable.Range(0, 8).Select(row => Offset(rows, row, chunk) / 16 % 8)];
                Assert.HasCount(8, groups.Distinct().ToArray(), $"head dim {headDim}, chunk {chunk}");
            }

            int[] offsets =
                [.. Enumerable.Range(0, 16).SelectMany(row => Enumerable.Range(0, chunks).Select(chunk => Offset(rows, row, chunk)))];
            Assert.HasCount(offsets.Length, offsets.Distinct().ToArray(), $"head dim {headDim}");
            Assert.IsLessThan(16 * rows.Bytes, offsets.Max());
        }
    }

    [TestMethod]
    [DataRow(40, 128, 64, true, 2, 20480)]
    [DataRow(64, 128, 64, true, 2, 32768)]
    [DataRow(80, 128, 64, true, 2, 45056)]
    [DataRow(128, 64, 64, true, 1, 32768)]
    [DataRow(128, 128, 64, false, 1, 65536)]
    [DataRow(160, 64, 64, true, 1, 43008)]
    [DataRow(256, 64, 64, false, 1, 98304)]
    [DataRow(512, 32, 32, false, 1, 100736)]
    public void KnownHeadDims_HaveTheTilesOnPaper(
        int headDim, int tileRows, int tileKeys, bool queryInRegisters, int stages, int sharedBytes)
    {
        Sm80StreamingTiling tiling = Sm80StreamingTiling.Choices(headDim).First(tiling => tiling.TileRows == tileRows);

        Assert.AreEqual(tileKeys, tiling.TileKeys);
        Assert.AreEqual(queryInRegisters, tiling.QueryInRegisters);
        Assert.AreEqual(stages, tiling.Stages);
        Assert.AreEqual(sharedBytes, tiling.SharedBytes);
    }

    [TestMethod]
    public void BlocksOfEightWarps_AreThereWhereASmallMultiprocessorHoldsOneBlockOfFour()
    {
        const int multiprocessorBytes = 100 * 1024;
        const int reservedBytes = 1024; // of each block
        IEnumerable<Sm80StreamingTiling> fourWarps =
            StreamingTilings().Where(static tiling => tiling is { TileRows: 128, Warps: Sm80Limits.Warps });
        foreach (Sm80StreamingTiling tiling in fourWarps)
        {
            bool isAlone = multiprocessorBytes / (tiling.SharedBytes + reservedBytes) == 1;

            Assert.AreEqual(isAlone, Sm80StreamingTiling.Choices(tiling.HeadDim).Any(static other => other.Warps == 8), tiling.ToString());
        }

        Sm80StreamingTiling alone = Sm80StreamingTiling.Choices(128).Single(static tiling => tiling.Warps == 8);
        Assert.AreEqual((128, 256, 1, true), (alone.TileRows, alone.Threads, alone.RowTiles, alone.QueryInRegisters));
        Assert.AreEqual((2, 65536), (alone.Stages, alone.SharedBytes));
    }

    private static IEnumerable<Sm80StreamingTiling> StreamingTilings() =>
        SimtVariant.HeadDims.SelectMany(Sm80StreamingTiling.Choices);

    // As chunk_offset of cuda/sm80/_tile.cuh.sbn.
    private static int Offset(Sm80Rows rows, int row, int chunk) => (row * rows.Bytes) + (16 * (rows.Swizzled ? chunk ^ (row & 7) : chunk));
}
