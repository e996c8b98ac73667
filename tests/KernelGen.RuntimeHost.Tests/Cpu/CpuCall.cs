using KernelGen.Cpu;
using KernelGen.Execution;
using KernelGen.Kernels;
using KernelGen.Planning;
using KernelGen.RuntimeHost.Tests.Reference;
using KernelGen.Tensors;

namespace KernelGen.RuntimeHost.Tests.Cpu;

/// <summary>A call on random tensors, and how the CPU runs it.</summary>
internal sealed record CpuCall : AttentionCall
{
    public static readonly CpuVectorPath[] SupportedPaths =
        [.. new[] { CpuVectorPath.Avx512, CpuVectorPath.Avx2, CpuVectorPath.Vector128 }.Where(CpuCapabilities.IsSupported)];

    private CpuCall(AttentionCall call)
        : base(call)
    {
    }

    public long FreeBytes { get; init; } = 1L << 32;

    public int Threads { get; init; } = 1;

    public CpuVectorPath Path { get; init; }

    /// <summary>A call whose tensors hold numbers that the element type can hold exactly.</summary>
    public static new CpuCall Random(
        AttentionShape shape, ElementType elementType, AttentionOptions? options = null, int seed = 1, float amplitude = 1) =>
        new(AttentionCall.Random(shape, elementType, options, seed, amplitude));

    /// <summary>What to ask the planner for to get each of the kernels that take calls of a shape.</summary>
    public static IEnumerable<PlanningOptions> Kernels(AttentionShape shape)
    {
        foreach (IGrouping<(KernelFamily, bool), KernelVariant> kernel in CpuTestAttention.Catalogue
            .For(ElementType.Float32, shape.HeadDim).ToArray()
            .GroupBy(static variant => (variant.Family, variant.Footprint.ChunksApart)))
        {
            KernelVariant variant = kernel.First();
            if (!variant.Footprint.ChunksApart || shape.Queries * shape.Heads / shape.KeyValueHeads <= variant.SliceRows)
                yield return new() { Family = variant.Family, SliceRows = variant.SliceRows };
        }
    }

    /// <summary>Runs the call and gives the output back dense, as <c>[batch, heads, queries, headDim]</c>.</summary>
    public float[] Run(ElementType elementType) => Run(elementType, out _);

    public float[] Run(ElementType elementType, out RunReport report)
    {
        using AttentionHost host =
            AttentionHost.CreateDefault(new() { Device = DeviceKind.Cpu, Threads = Threads, VectorPath = Path, FreeBytes = FreeBytes });
        return Run(host, CpuTestAttention.Catalogue, elementType, out report);
    }
}
