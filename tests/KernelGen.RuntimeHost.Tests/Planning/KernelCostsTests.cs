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
        KernelVariant variant = new(
            "variant", KernelFamily.Streaming, target, ElementType.Float16, headDim, tileRows, new(tileRows, TileKeys: 64, BytesPerScore: 0, WorkerBytes: 0),
            new(static () => [], [], []));
        SlicePlan plan = SlicePlanner.Plan(shape, ElementType.Float16, new[] { variant }, _h100, PlanningSetup.Free(PlanningSetup.GiB), new());

        Assert.IsInRange(0.93 * tflops, 1.07 * tflops, shape.FloatingPointOperations / plan.PredictedSeconds / 1e12);
    }

    [TestMethod]
    public void OtherGpus_HaveTheDefaults()
    {
        Assert.AreSame(KernelCosts.Default, KernelCosts.ForComputeCapability(80));
        Assert.AreSame(KernelCosts.Default, KernelCosts.ForComputeCapability(120));
        Assert.AreSame(KernelCosts.Default, PlanningSetup.Device.Costs);
    }

    [TestMethod]
    public void Float32_TakesThreeProductsOnWarpgroups()
    {
        AttentionShape shape = new(1, 22, 192 * 128, 16384, 128);
        double Seconds(ElementType type) => SlicePlanner.Plan(
            shape, type,
            new[]
            {
                new KernelVariant(
                    "variant", KernelFamily.Streaming, KernelTarget.Sm90a, type, 128, 192, new(192, TileKeys: 64, BytesPerScore: 0, WorkerBytes: 0), new(static () => [], [], [])),
            },
            _h100 with { Costs = new() }, PlanningSetup.Free(PlanningSetup.GiB), new()).PredictedSeconds;

        Assert.AreEqual(3, Seconds(ElementType.Float32) / Seconds(ElementType.Float16), 0.05);
    }
}
