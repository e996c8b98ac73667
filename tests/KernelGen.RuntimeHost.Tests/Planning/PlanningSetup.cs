using KernelGen.Kernels;
using KernelGen.Planning;
using KernelGen.Tensors;

namespace KernelGen.RuntimeHost.Tests.Planning;

/// <summary>Variants with footprints as the CPU kernels have, and devices to plan for. Nothing here can be run.</summary>
internal static class PlanningSetup
{
    public const long GiB = 1L << 30;

    public static DeviceProfile Device { get; } =
        new(Workers: 16, FlopsPerSecond: 1.5e12, BytesPerSecond: 1e11, SliceSeconds: 1e-5, TotalMemoryBytes: 64 * GiB);

    /// <summary>A device that names no workers, as a GPU.</summary>
    public static DeviceProfile WithoutWorkers { get; } = Device with { Workers = 0 };

    public static KernelVariant Materialized(ElementType elementType, int headDim, int sliceRows) =>
        Variant(KernelFamily.Materialized, elementType, headDim, sliceRows,
            new(TileRows: 128, TileKeys: 8, BytesPerScore: 4, WorkerBytes: 300_000));

    public static KernelVariant Streaming(ElementType elementType, int headDim, int tileRows = 128, long workerBytes = 400_000) =>
        Variant(KernelFamily.Streaming, elementType, headDim, tileRows, new(tileRows, TileKeys: 64, BytesPerScore: 0, workerBytes));

    /// <summary>A variant that holds all keys at once.</summary>
    public static KernelVariant ShortKeys(ElementType elementType, int headDim, int maximumKeys) =>
        Variant(KernelFamily.Streaming, elementType, headDim, 128, new(128, maximumKeys, BytesPerScore: 0, WorkerBytes: 0), maximumKeys);

    /// <summary>A CUDA variant in fp16 that can split keys, with the footprint that the generator gives it.</summary>
    public static KernelVariant SplitStreaming(int headDim, int tileRows) => new(
        $"streaming-simt-f16-d{headDim}-r{tileRows}", KernelFamily.Streaming, KernelTarget.Simt, ElementType.Float16, headDim, tileRows,
        new(tileRows, TileKeys: 64, BytesPerScore: 0, WorkerBytes: 0, PartialBytesPerRow: 4 * (headDim + 2), ChunkKeys: 4096),
        new(static () => [], [], []));

    /// <summary>A CUDA variant that takes masks, of which nothing is known but its tile and, where they are given, its launches.</summary>
    public static KernelVariant Tensor(KernelTarget target, int tileRows, ElementType elementType = ElementType.Float16, int headDim = 64,
        params CudaStage[] stages) => new(
        $"streaming-{target.Name()}-{elementType.ShortName()}-d{headDim}-r{tileRows}", KernelFamily.Streaming, target, elementType, headDim,
        tileRows,
        new(tileRows, TileKeys: 64, BytesPerScore: 0, WorkerBytes: 0), new(static () => "KERNELGEN_GENERAL_MASKS"u8, [], stages))
    {
        Traits = target switch
        {
            KernelTarget.Sm80 => new(ProductUnit.WarpProducts),
            KernelTarget.Sm90a => new(ProductUnit.WarpgroupProducts, SplitsFloat32: elementType == ElementType.Float32),
            _ => new(ProductUnit.MultiplyAdds),
        },
    };

    /// <summary>A GPU with experimental kernels switched on.</summary>
    public static DeviceProfile Gpu(int multiprocessors) =>
        new(Workers: 0, FlopsPerSecond: 60e12, BytesPerSecond: 4e12, SliceSeconds: 1e-5, TotalMemoryBytes: 140 * GiB)
        {
            ParallelTiles = multiprocessors,
            ExperimentalKernels = ExperimentalKernels.Hopper,
        };

    /// <summary>Three slice sizes of <c>materialized</c>, then <c>streaming</c>.</summary>
    public static KernelVariant[] All(ElementType elementType, int headDim) =>
    [
        Materialized(elementType, headDim, 512),
        Materialized(elementType, headDim, 2048),
        Materialized(elementType, headDim, 8192),
        Streaming(elementType, headDim),
    ];

    public static MemoryBudget Free(long bytes, long reserve = 0) => new(bytes, reserve, "given by the caller");

    public static SlicePlan Plan(
        AttentionShape shape, long freeBytes, PlanningOptions? options = null, ElementType elementType = ElementType.Float16) =>
        SlicePlanner.Plan(shape, elementType, All(elementType, shape.HeadDim), Device, Free(freeBytes), options ?? new());

    public static SlicePlan Plan(string policy, AttentionShape shape, long freeBytes, ElementType elementType = ElementType.Float16) =>
        Plan(shape, freeBytes, new() { Policy = policy }, elementType);

    public static SliceRange[] Slices(SlicePlan plan)
    {
        List<SliceRange> slices = [];
        foreach (SliceRange slice in plan)
            slices.Add(slice);

        return [.. slices];
    }

    private static unsafe KernelVariant Variant(
        KernelFamily family, ElementType elementType, int headDim, int sliceRows, KernelFootprint footprint, int maximumKeys = 0)
    {
        CpuKernel none = static (in arguments, head, rowBegin, rowEnd, scratch, scores) => throw new NotSupportedException();
        string id = $"{family.Name()}-cpu-{elementType.ShortName()}-d{headDim}-r{sliceRows}";
        return new(id, family, elementType, headDim, sliceRows, footprint, new(none, none, none, TilesPerCall: 1))
        {
            MaximumKeys = maximumKeys,
            Traits = new(ProductUnit.MultiplyAdds, ScorePasses: family == KernelFamily.Materialized ? 3 : 0),
        };
    }
}
