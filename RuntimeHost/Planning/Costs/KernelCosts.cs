using KernelGen.Kernels;

namespace KernelGen.Planning;

/// <summary>The constants of <see cref="KernelCostModel"/> for a kind of device.</summary>
/// <remarks>
/// None of them is measured on these kernels. They rank variants; <c>Warmup(tune: true)</c> replaces the prediction by a measurement where
/// it matters.
/// </remarks>
public sealed record KernelCosts
{
    private const int WarpThreads = 32;

    /// <summary>For CPUs: estimates.</summary>
    public static KernelCosts Default { get; } = new();

    /// <summary>
    /// For GPUs whose tensor cores do 2048 multiply-adds a clock in a multiprocessor (compute capability 8.0, 9.0, 10.x). Warps of 16 query
    /// rows load a tile of K and V from shared memory for half as many products as warps of 32, which takes longer than the products:
    /// counted in machine code, by head dims 40 to 256, tiles of 64 rows reach 0.72 to 0.78 of the tensor peak, 0.86 where eight warps
    /// share the copies of K and V, and the kernels above head dim 256, whose warps share 32 rows, 0.51 to 0.53. Tiles of 128 rows in four
    /// warps reach all of it.
    /// </summary>
    public static KernelCosts DataCenter { get; } = new()
    {
        Sm80EfficiencyOf32Rows = 0.52,
        Sm80EfficiencyOf64Rows = 0.78,
        Sm80EfficiencyOf16RowsOfAWarp = 0.86,
    };

    /// <summary>
    /// For the other GPUs (compute capability 8.6, 8.9, 12.0): a quarter of the tensor cores' speed, so that nothing else is a limit.
    /// Blocks of 64 rows copy K and V twice as often as those of 128; what that costs is an estimate.
    /// </summary>
    public static KernelCosts Consumer { get; } = new() { Sm80EfficiencyOf64Rows = 0.97 };

    /// <summary>
    /// For compute capability 9.0. The throughput that was published for other kernels on an H100 fits two numbers a target: a multiple of
    /// the products' time and clocks of a multiprocessor for each score. With warpgroup products (497, 648 and 756 TFLOP/s at head dims 64,
    /// 128 and 256) they are 1.07 and 0.055, with <c>mma.sync</c> (324 and 370 TFLOP/s at head dims 64 and 128) 1.10 and 0.045.
    /// </summary>
    public static KernelCosts Hopper { get; } = DataCenter with
    {
        Sm80Efficiency = 1 / 1.10,
        Sm80SoftmaxClocks = 0.045,
        Sm90aEfficiency = 1 / 1.07,
        Sm90aSoftmaxClocks = 0.055,
    };

    /// <summary>The share of the fp32 peak that a streaming kernel without tensor cores is taken to reach.</summary>
    public double StreamingEfficiency { get; init; } = 0.85;

    /// <summary>The share of the peak that a materialized kernel is taken to reach, score traffic aside.</summary>
    public double MaterializedEfficiency { get; init; } = 0.65;

    /// <summary>The share of the tensor peak that products of a streaming kernel of the target <c>sm80</c> are taken to reach.</summary>
    public double Sm80Efficiency { get; init; } = 0.85;

    /// <summary>
    /// Clocks of a multiprocessor for the softmax of one score in a kernel of the target <c>sm80</c>; 0 when the efficiency contains it.
    /// </summary>
    public double Sm80SoftmaxClocks { get; init; }

    /// <summary>The share of the tensor peak that products of a streaming kernel of the target <c>sm90a</c> are taken to reach.</summary>
    public double Sm90aEfficiency { get; init; } = 0.85;

    /// <summary>As <see cref="Sm80SoftmaxClocks"/>, for the target <c>sm90a</c>.</summary>
    public double Sm90aSoftmaxClocks { get; init; }

    /// <summary>
    /// How much faster products of warpgroups are than <c>mma.sync</c>, which <see cref="DeviceProfile.TensorFlopsPerSecond"/> is of.
    /// </summary>
    public double WarpgroupPeakRatio { get; init; } = 2;

    /// <summary>Tensor core products for one product of fp32 elements, which are split into parts of 16 bits.</summary>
    public double ProductsOfFloat32 { get; init; } = 3;

    /// <summary>
    /// What tiles of at most 64 rows reach of the speed of the largest, for the target <c>sm90a</c>: they read K and V more often and have
    /// no other warpgroup to hide a softmax behind. An estimate.
    /// </summary>
    public double Sm90aEfficiencyOf64Rows { get; init; } = 0.8;

    /// <summary>The same for tiles of 65 to 128 rows.</summary>
    public double Sm90aEfficiencyOf128Rows { get; init; } = 0.95;

    /// <summary>
    /// What a streaming kernel of the target <c>sm80</c> with tiles of at most 32 rows reaches of the speed of its largest: the warps share
    /// the rows, and each reads all of K.
    /// </summary>
    public double Sm80EfficiencyOf32Rows { get; init; } = 1;

    /// <summary>The same for tiles of 33 to 64 rows.</summary>
    public double Sm80EfficiencyOf64Rows { get; init; } = 1;

    /// <summary>The same for larger tiles of which a warp has at most 16 rows.</summary>
    public double Sm80EfficiencyOf16RowsOfAWarp { get; init; } = 1;

    /// <summary>
    /// What a multiprocessor of a GPU reaches of its speed while it has fewer than eight warps, which are two for each of its schedulers:
    /// nothing hides the softmax of a warp that is alone. Counted in machine code for blocks of four warps.
    /// </summary>
    public double EfficiencyOfFewWarps { get; init; } = 0.87;

    /// <summary>The constants of a GPU.</summary>
    /// <param name="computeCapability">Ten times the major plus the minor number.</param>
    public static KernelCosts ForComputeCapability(int computeCapability) =>
        computeCapability == 90 ? Hopper : HasFastTensorCores(computeCapability) ? DataCenter : Consumer;

    /// <summary>Its tensor cores do 2048 multiply-adds of 16-bit numbers a clock in a multiprocessor; those of other GPUs do 512.</summary>
    /// <param name="computeCapability">Ten times the major plus the minor number.</param>
    internal static bool HasFastTensorCores(int computeCapability) => computeCapability is 80 or 90 or (>= 100 and < 110);

    /// <summary>The share of its peak that a variant is taken to reach.</summary>
    internal double EfficiencyOf(KernelVariant variant) => (variant.Family, variant.Traits.Products) switch
    {
        (KernelFamily.Materialized, _) => MaterializedEfficiency,
        (_, ProductUnit.WarpProducts) => Sm80Efficiency,
        (_, ProductUnit.WarpgroupProducts) => Sm90aEfficiency,
        _ => StreamingEfficiency,
    };

    /// <summary>Clocks of a multiprocessor for the softmax of a score, which both families compute.</summary>
    internal double SoftmaxClocksOf(KernelVariant variant) => variant.Traits.Products switch
    {
        ProductUnit.WarpProducts => Sm80SoftmaxClocks,
        ProductUnit.WarpgroupProducts => Sm90aSoftmaxClocks,
        _ => 0,
    };

    /// <summary>The share of the speed of its target's largest tile that a variant reaches.</summary>
    internal double TileEfficiencyOf(KernelVariant variant) => (variant.Traits.Products, variant.Family, variant.Footprint.TileRows) switch
    {
        (ProductUnit.WarpgroupProducts, _, <= 64) => Sm90aEfficiencyOf64Rows,
        (ProductUnit.WarpgroupProducts, _, <= 128) => Sm90aEfficiencyOf128Rows,
        (ProductUnit.WarpProducts, KernelFamily.Streaming, <= 32) => Sm80EfficiencyOf32Rows,
        (ProductUnit.WarpProducts, KernelFamily.Streaming, <= 64) => Sm80EfficiencyOf64Rows,
        (ProductUnit.WarpProducts, KernelFamily.Streaming, _) when RowsOfAWarp(variant) <= 16 => Sm80EfficiencyOf16RowsOfAWarp,
        _ => 1,
    };

    private static int RowsOfAWarp(KernelVariant variant) =>
        variant.Cuda is { Stages: [{ } stage, ..] } ? stage.RowsPerBlock * WarpThreads / stage.Threads : int.MaxValue;
}
