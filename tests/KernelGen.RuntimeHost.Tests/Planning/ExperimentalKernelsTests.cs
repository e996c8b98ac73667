using KernelGen.Kernels;
using KernelGen.Planning;
using KernelGen.Tensors;

namespace KernelGen.RuntimeHost.Tests.Planning;

/// <summary>Experimental kernels are there, named, and left alone until they are switched on.</summary>
[TestClass]
public sealed class ExperimentalKernelsTests
{
    private static readonly AttentionShape _shape = new(2, 8, 4096, 4096, 64);

    private static readonly KernelVariant _ordinary = PlanningSetup.SplitStreaming(64, 64);

    private static readonly KernelVariant _experimental = new(
        "streaming-sm90a-f16-d64-r128", KernelFamily.Streaming, KernelTarget.Sm90a, ElementType.Float16, 64, 128,
        new(128, TileKeys: 64, BytesPerScore: 0, WorkerBytes: 0), new(static () => [], [], []))
    {
        Experimental = ExperimentalKernels.Hopper,
        Traits = new(ProductUnit.WarpgroupProducts),
    };

    private static readonly DeviceProfile _off = PlanningSetup.Gpu(132) with
    {
        TensorFlopsPerSecond = 400e12,
        ExperimentalKernels = ExperimentalKernels.None,
    };

    private static readonly DeviceProfile _on = _off with { ExperimentalKernels = ExperimentalKernels.Hopper };

    [TestMethod]
    public void SwitchedOff_TheyAreNotTaken_AndThePlanSaysHowToSwitchThemOn()
    {
        SlicePlan plan = Plan(_off, _ordinary, _experimental);

        Assert.AreSame(_ordinary, plan.Variant);
        PlanCandidate left = plan.Candidates.Single(candidate => candidate.Variant == _experimental);
        Assert.AreEqual("experimental, switched off", left.Verdict);
        Assert.IsNull(left.PredictedSeconds);
        string text = string.Join(' ', plan.Explain().Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(
            "Off: 1 experimental kernel is switched off; to let plans take them set "
                + "CudaDeviceOptions.ExperimentalKernels to ExperimentalKernels.Hopper",
            text);
    }

    [TestMethod]
    public void SwitchedOn_TheyAreTakenWhereTheyAreFaster_AndNothingIsSaid()
    {
        SlicePlan plan = Plan(_on, _ordinary, _experimental);

        Assert.AreSame(_experimental, plan.Variant);
        Assert.DoesNotContain("switched off", plan.Explain());
    }

    [TestMethod]
    [DataRow("exact")]
    [DataRow("diffusers")]
    public void WhereThereIsNoOther_TheFaultSaysHowToSwitchThemOn(string policy)
    {
        NoMatchingVariantException fault = Assert.ThrowsExactly<NoMatchingVariantException>(() => Plan(_off, policy, _experimental));

        Assert.Contains("set CudaDeviceOptions.ExperimentalKernels to ExperimentalKernels.Hopper.", fault.Message);
    }

    [TestMethod]
    public void KeptPlans_AreOfTheSwitchTheyWereMadeWith()
    {
        KernelVariant[] variants = [_ordinary, _experimental];
        PlanCache cache = new();
        SlicePlan Kept(DeviceProfile device) =>
            cache.Plan(_shape, ElementType.Float16, variants, device, PlanningSetup.Free(PlanningSetup.GiB), PlanningOptions.Default);

        Assert.AreSame(_ordinary, Kept(_off).Variant);
        Assert.AreSame(_experimental, Kept(_on).Variant);
        Assert.AreSame(_ordinary, Kept(_off).Variant);
    }

    private static SlicePlan Plan(DeviceProfile device, params KernelVariant[] variants) => Plan(device, "exact", variants);

    private static SlicePlan Plan(DeviceProfile device, string policy, params KernelVariant[] variants) =>
        SlicePlanner.Plan(_shape, ElementType.Float16, variants, device, PlanningSetup.Free(PlanningSetup.GiB), new() { Policy = policy });
}
