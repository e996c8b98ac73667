using KernelGen.Execution;
using KernelGen.Kernels;
using KernelGen.Planning;
using KernelGen.RuntimeHost.Tests.Planning;
using KernelGen.Tensors;
using KernelGen.Tuning;

namespace KernelGen.RuntimeHost.Tests.Tuning;

/// <summary>A GPU of 132 multiprocessors that runs nothing: its clock is what the test says a variant takes.</summary>
internal sealed class ClockedDevice(string? folder, Func<KernelVariant, double> seconds) : IAttentionDevice, ITunableDevice
{
    public string Identity { get; init; } = "Test GPU, driver 1";

    public string CodeVersion { get; init; } = "";

    public long FreeBytes { get; init; } = 1L << 40;

    public bool AllocationFails { get; init; }

    /// <summary>What was timed: the variant and the batch items.</summary>
    public List<(KernelVariant Variant, int Batch)> Timed { get; } = [];

    public List<SpecializedKernel> Compiled { get; } = [];

    public string Name => "Test GPU";

    public IReadOnlyList<KernelTarget> Targets => [KernelTarget.Simt, KernelTarget.Sm80, KernelTarget.Sm90a];

    public DeviceProfile Profile { get; init; } = PlanningSetup.Gpu(132) with { TensorFlopsPerSecond = 500e12 };

    public string TimingIdentity => Identity;

    public string? MeasurementFolder => folder;

    public string? ReasonAgainst(KernelVariant variant) => null;

    public MemoryBudget MeasureBudget() => new(FreeBytes, 0, "test");

    public string CodeIdentity(KernelVariant variant) => variant.Id + CodeVersion;

    public void Warmup(IEnumerable<SpecializedKernel> kernels, IProgress<int>? progress, CancellationToken cancellationToken) =>
        Compiled.AddRange(kernels);

    public int? ResidentBlocks(KernelVariant variant) => Compiled.Any(kernel => kernel.Variant == variant) ? Loaded(variant) : null;

    /// <summary>Blocks that a multiprocessor runs at once, once a variant is compiled.</summary>
    public Func<KernelVariant, int?> Loaded { get; init; } = static _ => null;

    public ITimedTensors AllocateTensors(in AttentionShape shape, ElementType elementType) =>
        AllocationFails ? throw new OutOfMemoryException("none left") : new Tensors(this);

    public bool IsOfOneKernel(Exception fault) => fault is KernelGen.Cuda.KernelCompilationException;

    public bool IsOutOfMemory(Exception fault) => fault is OutOfMemoryException;

    public RunReport Run(SlicePlan plan, in KernelArguments arguments, AttentionOptions options) => throw new NotSupportedException();

    public void Launch(SlicePlan plan, in KernelArguments arguments, nint stream) => throw new NotSupportedException();

    public void Dispose()
    {
    }

    private sealed class Tensors(ClockedDevice device) : ITimedTensors
    {
        public TimeSpan Time(SlicePlan plan, bool causal, int calls)
        {
            device.Timed.Add((plan.Variant, plan.Shape.Batch));
            double one = device.Clock(plan.Variant);
            return one < 0
                ? throw new KernelGen.Cuda.KernelCompilationException(plan.Variant.Id, "not today", "")
                : TimeSpan.FromSeconds(calls * one);
        }

        public void Dispose()
        {
        }
    }

    private double Clock(KernelVariant variant) => seconds(variant);
}
