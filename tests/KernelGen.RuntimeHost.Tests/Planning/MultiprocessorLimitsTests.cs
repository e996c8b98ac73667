using KernelGen.Planning;

namespace KernelGen.RuntimeHost.Tests.Planning;

[TestClass]
public sealed class MultiprocessorLimitsTests
{
    [TestMethod]
    [DataRow(75, 128, 64, 0, 8, DisplayName = "Turing: 32 warps")]
    [DataRow(75, 128, 128, 16 * 1024, 4, DisplayName = "Turing: registers and shared memory alike")]
    [DataRow(80, 128, 168, 20 * 1024, 3, DisplayName = "168 registers are the most that leave three blocks of 128")]
    [DataRow(80, 128, 169, 20 * 1024, 2, DisplayName = "registers are given in units of 8 a thread")]
    [DataRow(80, 128, 32, 40 * 1024, 4, DisplayName = "164 KiB of shared memory, 1 KiB of each block reserved")]
    [DataRow(86, 128, 128, 33 * 1024, 2, DisplayName = "100 KiB of shared memory")]
    [DataRow(86, 32, 16, 0, 16, DisplayName = "16 blocks")]
    [DataRow(89, 32, 16, 0, 24, DisplayName = "24 blocks")]
    [DataRow(89, 1024, 64, 0, 1, DisplayName = "48 warps")]
    [DataRow(90, 384, 168, 200 * 1024, 1)]
    [DataRow(90, 512, 128, 100 * 1024, 1)]
    [DataRow(100, 384, 168, 227 * 1024, 1, DisplayName = "like 9.0")]
    [DataRow(120, 128, 255, 99 * 1024, 1)]
    [DataRow(120, 128, 16, (99 * 1024) + 1, 0, DisplayName = "more than a block may have")]
    [DataRow(90, 1024, 65, 0, 0, DisplayName = "more registers than there are")]
    public void ResidentBlocks_AreLimitedByWhatIsScarcest(int computeCapability, int threads, int registers, int sharedBytes, int blocks) =>
        Assert.AreEqual(
            blocks, MultiprocessorLimits.ForComputeCapability(computeCapability).ResidentBlocks(threads, registers, sharedBytes));

    [TestMethod]
    public void UnknownComputeCapability_IsLikeTheOneBeforeIt()
    {
        Assert.AreSame(MultiprocessorLimits.ForComputeCapability(90), MultiprocessorLimits.ForComputeCapability(103));
        Assert.AreSame(MultiprocessorLimits.ForComputeCapability(120), MultiprocessorLimits.ForComputeCapability(150));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => MultiprocessorLimits.ForComputeCapability(70));
    }
}
