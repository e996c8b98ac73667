using KernelGen.Kernels;

namespace KernelGen.Planning;

/// <summary>The constants of <see cref="KernelCostModel"/> for a kind of device.</summary>
/// <remarks>
/// None of them is measured on these kernels. They rank variants; <c>Warmup(tune: true)</c> replaces the prediction by a measurement where it matters.
/// </remarks>
public sealed record KernelCosts
{
    /// <summary>For CPUs and for GPUs that there are no published numbers for: estimates.</summary>
    public static KernelCosts Default { get; } = new();

    /// <summary>
    /// For compute capability 9.0. The throughput that was published for other kernels on an H100 fits two numbers a target: a multiple of the products' time and
    /// clocks of a multiprocessor for each score. With warpgroup products (497, 648 and 756 TFLOP/s at head dims 64, 128 and 256) they are 1.07 and 0.055, with
    /// <c>mma.sync</c> (324 and 370 TFLOP/s at head dims 64 and 128) 1.10 and 0.045.
    /// </summary>
    public static KernelCosts Hopper { get; } = new()
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

    /// <summary>Clocks of a multiprocessor for the softmax of one score in a kernel of the target <c>sm80</c>; 0 when the efficiency contains it.</summary>
    public double Sm80SoftmaxClocks { get; init; }

    /// <summary>The share of the tensor peak that products of a streaming kernel of the target <c>sm90a</c> are taken to reach.</summary>
    public double Sm90aEfficiency { get; init; } = 0.85;

    /// <summary>As <see cref="Sm80SoftmaxClocks"/>, for the target <c>sm90a</c>.</summary>
    public double Sm90aSoftmaxClocks { get; init; }

    /// <summary>How much faster products of warpgroups are than <c>mma.sync</c>, which <see cref="DeviceProfile.TensorFlopsPerSecond"/> is of.</summary>
    public double WarpgroupPeakRatio { get; init; } = 2;

    /// <summary>Tensor core products for one product of fp32 elements, which are split into parts of 16 bits.</summary>
    public double ProductsOfFloat32 { get; init; } = 3;

    /// <summary>
    /// What tiles of at most 64 rows reach of the speed of the largest, for the target <c>sm90a</c>: they read K and V more often and have no other warpgroup to
    /// hide a softmax behind. An estimate.
    /// </summary>
    public double Sm90aEfficiencyOf64Rows { get; init; } = 0.8;

    /// <summary>The same for tiles of 65 to 128 rows.</summary>
    public double Sm90aEfficiencyOf128Rows { get; init; } = 0.95;

    /// <summary>The constants of a GPU.</summary>
    /// <param name="computeCapability">Ten times the major plus the minor number.</param>
    public static KernelCosts ForComputeCapability(int computeCapability) => computeCapability == 90 ? Hopper : Default;

    /// <summary>The share of its peak that a variant is taken to reach.</summary>
    internal double EfficiencyOf(KernelVariant variant) => (variant.Family, variant.Target) switch
    {
        (KernelFamily.Materialized, _) => MaterializedEfficiency,
        (_, KernelTarget.Sm80) => Sm80Efficiency,
        (_, KernelTarget.Sm90a) => Sm90aEfficiency,
        _ => StreamingEfficiency,
    };

    /// <summary>Clocks of a multiprocessor for the softmax of a score, which both families compute.</summary>
    internal double SoftmaxClocksOf(KernelVariant variant) => variant.Target switch
    {
        KernelTarget.Sm80 => Sm80SoftmaxClocks,
        KernelTarget.Sm90a => Sm90aSoftmaxClocks,
        _ => 0,
    };

    /// <summary>What a variant reaches of the speed of its target's largest tile.</summary>
    internal double TileEfficiencyOf(KernelVariant variant) => (variant.Target, variant.Footprint.TileRows) switch
    {
        (KernelTarget.Sm90a, <= 64) => Sm90aEfficiencyOf64Rows,
        (KernelTarget.Sm90a, <= 128) => Sm90aEfficiencyOf128Rows,
        _ => 1,
    };
}
