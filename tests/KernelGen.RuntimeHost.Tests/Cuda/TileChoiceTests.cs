using KernelGen.Cuda;
using KernelGen.Kernels;
using KernelGen.Planning;
using KernelGen.RuntimeHost.Tests.Planning;
using KernelGen.Tensors;

namespace KernelGen.RuntimeHost.Tests.Cuda;

/// <summary>Which tiles are taken on which GPU. Needs no device: the kernels' launch bounds and shared memory tell.</summary>
[TestClass]
public sealed class TileChoiceTests
{
    private static readonly CudaDeviceLimits _a100 = Gpu("A100", 80, 108, 1410, 2039, 80, 40);
    private static readonly CudaDeviceLimits _rtx3090 = Gpu("RTX 3090", 86, 82, 1695, 936, 24, 6);
    private static readonly CudaDeviceLimits _rtx4090 = Gpu("RTX 4090", 89, 128, 2520, 1008, 24, 72);
    private static readonly CudaDeviceLimits _h100 = Gpu("H100", 90, 132, 1755, 3350, 80, 50);
    private static readonly CudaDeviceLimits _b200 = Gpu("B200", 100, 148, 1850, 8000, 180, 126);
    private static readonly CudaDeviceLimits _rtx5090 = Gpu("RTX 5090", 120, 170, 2407, 1792, 32, 96);

    private const string EightWarps = "streaming-sm80-f16-d128-r128-w8";

    public static IEnumerable<object[]> FastTensorCores => [[_a100], [_h100], [_b200]];

    public static IEnumerable<object[]> OtherGpus => [[_rtx3090], [_rtx4090], [_rtx5090]];

    /// <summary>How much of its last wave a call fills was what decided between tiles before.</summary>
    [TestMethod]
    [DynamicData(nameof(FastTensorCores))]
    public void FastTensorCores_TakeTilesOf128Rows_HoweverFullTheLastWaveIs(CudaDeviceLimits gpu)
    {
        foreach (int headDim in new[] { 40, 64, 72, 80, 128 })
        {
            foreach (int heads in Enumerable.Range(8, 60))
                Assert.AreEqual(
                    128, Plan(gpu, new(1, heads, 4096, 4096, headDim)).Variant.SliceRows, $"{heads} heads of {headDim} on {gpu.Name}");
        }
    }

    [TestMethod]
    [DynamicData(nameof(OtherGpus))]
    public void OtherGpus_TakeTilesOfWhichTwoShareAMultiprocessor_HoweverFullTheLastWaveIs(CudaDeviceLimits gpu)
    {
        foreach (int headDim in new[] { 40, 64, 72, 80, 128 })
        {
            foreach (int heads in Enumerable.Range(8, 60))
            {
                // A block of 128 rows of head dim 128 in four warps fills the shared memory, and its warps wait for each other.
                SlicePlan plan = Plan(gpu, new(1, heads, 4096, 4096, headDim));
                TileOccupancy occupancy = TileOccupancy.Of(plan.Variant, gpu.CreateProfile());
                Assert.IsGreaterThanOrEqualTo(
                    8, occupancy.ResidentTiles * occupancy.Warps, $"{plan.Variant} for {heads} heads on {gpu.Name}");
            }
        }
    }

    /// <summary>Where every wave is full nothing speaks for small tiles: they read K and V twice as often.</summary>
    [TestMethod]
    [DynamicData(nameof(OtherGpus))]
    public void OtherGpus_TakeTilesOf128Rows_WhereTheyAreAsManyAsTheGpuRuns(CudaDeviceLimits gpu)
    {
        foreach (int headDim in new[] { 40, 64, 80 })
            Assert.AreEqual(
                128, Plan(gpu, new(1, gpu.Multiprocessors, 4096, 4096, headDim)).Variant.SliceRows, $"head dim {headDim} on {gpu.Name}");
    }

    /// <summary>Eight warps with 16 rows each: the same rows in one block with twice the warps.</summary>
    [TestMethod]
    [DynamicData(nameof(OtherGpus))]
    public void OtherGpus_PreferEightWarpsOf16Rows(CudaDeviceLimits gpu)
    {
        foreach (int heads in Enumerable.Range(24, 24))
            Assert.AreEqual(EightWarps, Plan(gpu, new(1, heads, 16384, 16384, 128)).Variant.Id, $"{heads} heads on {gpu.Name}");
    }

    [TestMethod]
    [DynamicData(nameof(FastTensorCores))]
    public void FastTensorCores_PreferFourWarpsOf32Rows(CudaDeviceLimits gpu)
    {
        foreach (int heads in Enumerable.Range(8, 60))
            Assert.AreNotEqual(EightWarps, Plan(gpu, new(1, heads, 4096, 4096, 128)).Variant.Id, $"{heads} heads on {gpu.Name}");
    }

    [TestMethod]
    [DynamicData(nameof(FastTensorCores))]
    [DynamicData(nameof(OtherGpus))]
    public void FewTiles_AreMadeSmaller_SoThatMoreMultiprocessorsHaveOne(CudaDeviceLimits gpu)
    {
        // Half as many tiles of 128 rows as there are multiprocessors; few keys, so that they are not split.
        AttentionShape shape = new(1, gpu.Multiprocessors / 2, 128, 256, 64);

        Assert.AreEqual(64, Plan(gpu, shape).Variant.SliceRows);
    }

    [TestMethod]
    [DataRow(64,
        "each of 82 multiprocessors runs 2 blocks of 4 warps at once, as its launch bounds promise; the 1024 tiles of a slice are 7 "
            + "waves of 164, the last of them 24 % full")]
    public void Explanation_TellsHowTilesShareAMultiprocessor(int headDim, string sentence)
    {
        SlicePlan plan = Plan(_rtx3090, new(2, 8, 4096, 4096, headDim));

        Assert.Contains(
            $"Blocks: {sentence}", string.Join(' ', plan.Explain().Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries)));
    }

    [TestMethod]
    public void Explanation_SaysWhereAMultiprocessorHasTooFewWarps()
    {
        KernelVariant four = CudaTestAttention.Catalogue.Variants.ToArray().Single(variant => variant.Id == "streaming-sm80-f16-d128-r128");
        SlicePlan plan = SlicePlanner.Plan(
            new(2, 8, 4096, 4096, 128), ElementType.Float16, new[] { four }, _rtx3090.CreateProfile(),
            PlanningSetup.Free(PlanningSetup.GiB), new());

        string text = string.Join(' ', plan.Explain().Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("runs 1 block of 4 warps at once", text);
        Assert.Contains("fewer than 8 warps keep a multiprocessor waiting", text);
    }

    private static CudaDeviceLimits Gpu(
        string name, int computeCapability, int multiprocessors, int megahertz, double gigabytesPerSecond, int memory, int cache) => new(
        name, computeCapability, multiprocessors, megahertz * 1000, gigabytesPerSecond * 1e9, memory * PlanningSetup.GiB,
        MultiprocessorLimits.ForComputeCapability(computeCapability).SharedBytesPerBlock, ThreadsPerBlock: 1024, GridHeight: 65535,
        IsIntegrated: false)
    {
        L2Bytes = cache << 20,
    };

    // What the GPU runs of the target sm80.
    private static SlicePlan Plan(CudaDeviceLimits gpu, AttentionShape shape)
    {
        KernelVariant[] variants =
        [
            .. CudaTestAttention.Of(KernelTarget.Sm80).For(ElementType.Float16, shape.HeadDim).ToArray()
                .Where(variant => gpu.ReasonAgainst(variant) is null),
        ];
        return SlicePlanner.Plan(shape, ElementType.Float16, variants, gpu.CreateProfile(), PlanningSetup.Free(16 * PlanningSetup.GiB),
            new() { Family = KernelFamily.Streaming });
    }
}
