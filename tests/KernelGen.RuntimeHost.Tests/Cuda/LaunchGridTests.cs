using KernelGen.Cuda;
using KernelGen.Cuda.Launch;
using KernelGen.Kernels;

namespace KernelGen.RuntimeHost.Tests.Cuda;

[TestClass]
public sealed class LaunchGridTests
{
    private static readonly CudaDeviceLimits _limits = new("GPU", 90, 132, 1_830_000, 4.8e12, 141L << 30, 232448, 1024, 65535, false);

    private static readonly CudaStage _persistent = new("entry", 384, 0, 128) { MinimumBlocks = 2, IsPersistent = true };

    [TestMethod]
    [DataRow(3, 200, 1, 6, DisplayName = "fewer tiles than blocks")]
    [DataRow(3, 200, 9, 54, DisplayName = "split keys")]
    [DataRow(64, 4096, 1, 264, DisplayName = "as many blocks as run at a time")]
    [DataRow(int.MaxValue, 1, 1, 264, DisplayName = "as many tiles as 31 bits count")]
    public void PersistentKernels_HaveOneAxis(int heads, int rows, int keySplits, int blocks) =>
        Assert.AreEqual(new LaunchGrid((uint)blocks, 1), LaunchGrid.Of(_persistent, _limits, heads, rows, keySplits));

    [TestMethod]
    [DataRow(3, 200, 1, 2, 3, DisplayName = "a block for every tile")]
    [DataRow(3, 200, 9, 18, 3, DisplayName = "split keys")]
    [DataRow(100_000, 1, 1, 1, 65535, DisplayName = "more heads than a grid is high")]
    public void OtherKernels_HaveABlockForEveryTile(int heads, int rows, int keySplits, int width, int height) => Assert.AreEqual(
        new LaunchGrid((uint)width, (uint)height),
        LaunchGrid.Of(_persistent with { IsPersistent = false }, _limits, heads, rows, keySplits));

    [TestMethod]
    [DataRow(132, 3, 130, 6, DisplayName = "no more clusters than tiles need: the second block of one may have no rows")]
    [DataRow(132, 64, 4096, 132, DisplayName = "as many blocks as run at a time")]
    [DataRow(13, 64, 4096, 12, DisplayName = "whole clusters")]
    [DataRow(1, 64, 4096, 2, DisplayName = "one cluster at least")]
    public void PersistentClusters_AreWhole(int multiprocessors, int heads, int rows, int blocks)
    {
        CudaStage stage = _persistent with { MinimumBlocks = 1, ClusterBlocks = 2 };

        Assert.AreEqual(
            new LaunchGrid((uint)blocks, 1), LaunchGrid.Of(stage, _limits with { Multiprocessors = multiprocessors }, heads, rows, 1));
    }

    [TestMethod]
    public void MoreTilesThanALaunchCounts_AreRefused()
    {
        ArgumentException exception = Assert.ThrowsExactly<ArgumentException>(() => LaunchGrid.Of(_persistent, _limits, 1 << 30, 200, 2));

        Assert.AreEqual("entry cannot run 4 tiles of each of 1073741824 heads in one launch: it counts at most 2147483647 of them. "
            + "Attend to fewer heads in a call. (Parameter 'heads')", exception.Message);
    }

    [TestMethod]
    public void Merging_DoesNotCountTheSplits() =>
        Assert.AreEqual(new LaunchGrid(50, 3), LaunchGrid.Of(new("merge", 128, 0, 4, MergesKeySplits: true), _limits, 3, 200, 9));
}
