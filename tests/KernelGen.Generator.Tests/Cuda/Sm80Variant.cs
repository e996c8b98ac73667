using KernelGen.Generator.Emission;
using KernelGen.Generator.Model;
using KernelGen.Generator.Rendering;

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
        .. from rows in Sm80KernelUnit.StreamingTileRowChoices(headDim)
           from warps in Sm80KernelUnit.StreamingWarpChoices(headDim, rows)
           select Streaming(elementType, headDim, rows, warps),
        .. Sm80KernelUnit.ShortKeys(headDim).Select(keys => ShortKeys(elementType, headDim, keys)),
        Materialized(elementType, headDim),
    ];

    public static KernelConfiguration Streaming(ElementType elementType, int headDim, int tileRows, int warps = 0) =>
        new(KernelFamily.Streaming, KernelTarget.Sm80, elementType, headDim, tileRows) { Warps = warps };

    public static KernelConfiguration ShortKeys(ElementType elementType, int headDim, int maximumKeys) =>
        new(KernelFamily.Streaming, KernelTarget.Sm80, elementType, headDim, Sm80KernelUnit.ShortKeysTileRows) { MaximumKeys = maximumKeys };

    public static KernelConfiguration Materialized(ElementType elementType, int headDim) =>
        new(KernelFamily.Materialized, KernelTarget.Sm80, elementType, headDim, 2048);

    public static string Render(KernelConfiguration configuration) =>
        Sm80KernelUnit.Render(TemplateLibrary.Embedded, configuration, CancellationToken.None);
}
