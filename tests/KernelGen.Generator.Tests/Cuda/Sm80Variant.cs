using KernelGen.Generator.Kernels.Sm80;
using KernelGen.Generator.Model;

namespace KernelGen.Generator.Tests.Cuda;

/// <summary>The variants of the target <c>sm80</c> that tests go through.</summary>
internal static class Sm80Variant
{
    public static IReadOnlyList<ElementType> ElementTypes { get; } = [ElementType.Float16, ElementType.BFloat16];

    /// <summary>Every element type and head dim, as <c>materialized</c> and as every form of <c>streaming</c> that there is.</summary>
    public static IReadOnlyList<KernelConfiguration> All { get; } =
    [
        .. from headDim in SimtVariant.HeadDims
           from elementType in ElementTypes
           from configuration in Of(elementType, headDim)
           select configuration,
    ];

    public static IEnumerable<KernelConfiguration> Of(ElementType elementType, int headDim) =>
    [
        .. CudaVariants.Configurations(KernelTarget.Sm80, KernelFamily.Streaming, elementType, headDim),
        Materialized(elementType, headDim),
    ];

    public static KernelConfiguration Streaming(ElementType elementType, int headDim, int tileRows, int warps = 0) =>
        new(KernelFamily.Streaming, KernelTarget.Sm80, elementType, headDim, tileRows) { Warps = warps };

    public static KernelConfiguration ShortKeys(ElementType elementType, int headDim, int maximumKeys) =>
        new(KernelFamily.Streaming, KernelTarget.Sm80, elementType, headDim, Sm80ShortKeysTiling.TileRows) { MaximumKeys = maximumKeys };

    public static KernelConfiguration Materialized(ElementType elementType, int headDim, int sliceRows = 2048) =>
        new(KernelFamily.Materialized, KernelTarget.Sm80, elementType, headDim, sliceRows);
}
