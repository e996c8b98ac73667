using KernelGen.Kernels;
using KernelGen.Planning;
using KernelGen.Tensors;

namespace KernelGen.RuntimeHost.Tests.Planning;

/// <summary>The constants of a kind of GPU, held against the published throughput that they come from.</summary>
[TestClass]
public sealed class KernelCostsTests
{
    // An H100: 132 multiprocessors at 1755 MHz.
    private const double Clocks = 132 * 1.755e9;

    private static readonly DeviceProfile _h100 = new(
        Workers: 0, FlopsPerSecond: 256 * Clocks, BytesPerSecond: 3.35e12, SliceSeconds: 1e-5, TotalMemoryBytes: 80 * PlanningSetup.GiB)
    {
        TensorFlopsPerSecond = 2048 * Clocks,
        ParallelTiles = 132,
        ExperimentalKernels = ExperimentalKernels.Hopper,
        Costs = KernelCosts.ForComputeCapability(90),
    };

    [TestMethod]
    [DataRow(KernelTarget.Sm90a, 192, 64, 497)]
    [DataRow(KernelTarget.Sm90a, 192, 128, 648)]
    [DataRow(KernelTarget.Sm90a, 192, 256, 756)]
    [DataRow(KernelTarget.Sm80, 128, 64, 324)]
    [DataRow(KernelTarget.Sm80, 128, 128, 370)]
    public void Hopper_PredictsWhatWasPublishedForOtherKernels(KernelTarget target, int tileRows, int headDim, double tflops)
    {
        AttentionShape shape = new(1, 22, 192 * 128, 16384, headDim);
        KernelVariant variant = PlanningSetup.Tensor(target, tileRows, headDim: headDim);
        SlicePlan plan =
            SlicePlanner.Plan(shape, ElementType.Float16, new[] { variant }, _h100, PlanningSetup.Free(PlanningSetup.GiB), new());

        Assert.IsInRange(0.93 * tflops, 1.07 * tflops, shape.FloatingPointOperations / plan.PredictedSeconds / 1e12);
    }

    [TestMethod]
    public void EveryGpu_HasTheConstantsOfItsTensorCores()
    {
        Assert.AreSame(KernelCosts.Hopper, KernelCosts.ForComputeCapability(90));
        foreach (int computeCapability in new[] { 80, 100, 103 })
            Assert.AreSame(KernelCosts.DataCenter, KernelCosts.ForComputeCapability(computeCapability));
        foreach (int computeCapability in new[] { 75, 86, 87, 89, 110, 120, 121 })
            Assert.AreSame(KernelCosts.Consumer, KernelCosts.ForComputeCapability(computeCapability));
        Assert.AreSame(KernelCosts.Default, PlanningSetup.Device.Costs);
        Assert.AreEqual(KernelCosts.DataCenter.Sm80EfficiencyOf64Rows, KernelCosts.Hopper.Sm80EfficiencyOf64Rows);
    }

    [TestMethod]
    public void Float32_TakesThreeProductsOnWarpgroups()
    {
        AttentionShape shape = new(1, 22, 192 * 128, 16384, 128);
        double Seconds(ElementType type) => SlicePlanner.Plan(
            shape, type, new[] { PlanningSetup.Tensor(KernelTarget.Sm90a, 192, type, 128) },
            _h100 with { Costs = new() }, PlanningSetup.Free(PlanningSetup.GiB), new()).PredictedSeconds;

        Assert.AreEqual(3, Seconds(ElementType.Float32) / Seconds(ElementType.Float16), 0.05);
    }

    [TestMethod]
    [DataRow(80, 128, 128, 1.0)]
    [DataRow(80, 128, 256, 0.86)]
    [DataRow(80, 64, 128, 0.78)]
    [DataRow(80, 32, 128, 0.52)]
    [DataRow(86, 128, 128, 1.0)]
    [DataRow(86, 128, 256, 1.0)]
    [DataRow(86, 64, 128, 0.97)]
    [DataRow(86, 32, 128, 1.0)]
    public void WarpsWithFewRows_AreSlowOnFastTensorCores(int computeCapability, int tileRows, int threads, double efficiency)
    {
        KernelVariant variant = PlanningSetup.Tensor(KernelTarget.Sm80, tileRows, stages: new CudaStage("entry", threads, 0, tileRows));

        Assert.AreEqual(efficiency, KernelCosts.ForComputeCapability(computeCapability).TileEfficiencyOf(variant));
    }
}
