using BenchmarkDotNet.Attributes;
using KernelGen.Kernels;
using KernelGen.Planning;
using KernelGen.Tensors;

namespace KernelGen.Benchmarks;

/// <summary>Planning a shape from scratch: the goal is less than 10 microseconds, and no allocation but the plan.</summary>
[Config(typeof(BenchmarkSettings))]
public class PlannerBenchmarks
{
    private static readonly AttentionShape _shape = new(batch: 2, heads: 8, queries: 16384, keys: 16384, headDim: 40);
    private static readonly DeviceProfile _device =
        new(Workers: 16, FlopsPerSecond: 1e12, BytesPerSecond: 50e9, SliceSeconds: 5e-6, TotalMemoryBytes: 32L << 30);
    private static readonly MemoryBudget _budget = new(2L << 30, 0, "given by the caller");

    private readonly KernelVariant[] _variants = BenchmarkAttention.Catalogue.For(ElementType.Float16, 40).ToArray();
    private readonly PlanningOptions _exact = new();
    private readonly PlanningOptions _exactWithMap = new() { CaptureMap = true };
    private readonly PlanningOptions _doggettx = new() { Policy = "doggettx" };

    [Benchmark(Baseline = true)]
    public SlicePlan Exact() => SlicePlanner.Plan(_shape, ElementType.Float16, _variants, _device, _budget, _exact);

    [Benchmark]
    public SlicePlan ExactWithMap() => SlicePlanner.Plan(_shape, ElementType.Float16, _variants, _device, _budget, _exactWithMap);

    [Benchmark]
    public SlicePlan Doggettx() => SlicePlanner.Plan(_shape, ElementType.Float16, _variants, _device, _budget, _doggettx);
}
