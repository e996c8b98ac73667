using KernelGen.Generator.Model;

namespace KernelGen.Generator.Tests.Cuda;

/// <summary>The variants of the target <c>sm90a</c> that tests go through.</summary>
internal static class Sm90aVariant
{
    /// <summary>Every element type and head dim, in every form that there is.</summary>
    public static IReadOnlyList<KernelConfiguration> All { get; } =
    [
        .. from headDim in SimtVariant.HeadDims
           from elementType in SimtVariant.ElementTypes
           from configuration in Of(elementType, headDim)
           select configuration,
    ];

    public static IEnumerable<KernelConfiguration> Of(ElementType elementType, int headDim) =>
    [
        .. CudaVariants.Configurations(KernelTarget.Sm90a, KernelFamily.Streaming, elementType, headDim),
        .. CudaVariants.Configurations(KernelTarget.Sm90a, KernelFamily.Materialized, elementType, headDim, 2048),
    ];

    public static KernelConfiguration Streaming(ElementType elementType, int headDim, int tileRows) =>
        new(KernelFamily.Streaming, KernelTarget.Sm90a, elementType, headDim, tileRows);

    public static KernelConfiguration ShortKeys(ElementType elementType, int headDim, int maximumKeys, int tileRows) =>
        Streaming(elementType, headDim, tileRows) with { MaximumKeys = maximumKeys };

    public static KernelConfiguration Materialized(ElementType elementType, int headDim) =>
        new(KernelFamily.Materialized, KernelTarget.Sm90a, elementType, headDim, 2048);
}
