using KernelGen.Kernels;
using KernelGen.Planning;
using KernelGen.RuntimeHost.Tests.Tuning;
using KernelGen.Tensors;

namespace KernelGen.RuntimeHost.Tests.Cuda;

/// <summary>The switch of the kernels for compute capability 9.0.</summary>
[TestClass]
[ResourceLock(CudaTest.Resource)]
[MemberCondition(typeof(CudaTest), nameof(CudaTest.HasEmulator), IgnoreMessage = CudaTest.NoEmulator)]
public sealed class CudaExperimentalKernelsTests
{
    private static readonly AttentionShape _shape = new(1, 8, 1024, 1024, 64);

    [TestMethod]
    [DataRow("9.0", ExperimentalKernels.None, KernelTarget.Sm80, true)]
    [DataRow("9.0", ExperimentalKernels.Hopper, KernelTarget.Sm90a, false)]
    [DataRow("8.0", ExperimentalKernels.Hopper, KernelTarget.Sm80, false, DisplayName = "another GPU has no use for them")]
    [DataRow("8.0", ExperimentalKernels.None, KernelTarget.Sm80, false, DisplayName = "what another GPU cannot run is no news")]
    public void Plans_TakeThemOnlyWhereTheyAreSwitchedOn_AndTheLogTellsOfThem(
        string capability, ExperimentalKernels switchedOn, KernelTarget target, bool isTold)
    {
        ListLogger logger = new();
        using AttentionHost host = new(
            CudaTest.Open(capability, options: new() { Cache = CudaTest.SharedCache, ExperimentalKernels = switchedOn }), "under test",
            new() { Logger = logger });

        SlicePlan plan = host.Plan<Half>(CudaTestAttention.Catalogue, _shape);

        Assert.AreEqual(target, plan.Variant.Target);
        Assert.AreEqual(isTold, plan.Explain().Contains("switched off", StringComparison.Ordinal));
        Assert.AreEqual(
            isTold ? 1 : 0, logger.Entries.Count(entry => entry.Text.Contains("to ExperimentalKernels.Hopper", StringComparison.Ordinal)));
    }
}
