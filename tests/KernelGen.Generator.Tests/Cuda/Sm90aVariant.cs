using KernelGen.Generator.Emission;
using KernelGen.Generator.Model;
using KernelGen.Generator.Rendering;

namespace KernelGen.Generator.Tests.Cuda;

/// <summary>The variants of the target <c>sm90a</c> that tests go through.</summary>
internal static class Sm90aVariant
{
    /// <summary>Every element type, head dim and number of rows.</summary>
    public static IReadOnlyList<KernelConfiguration> All { get; } =
    [
        .. from headDim in SimtVariant.HeadDims
           from elementType in SimtVariant.ElementTypes
           from rows in Sm90aKernelUnit.StreamingTileRowChoices(elementType, headDim)
           select Streaming(elementType, headDim, rows),
    ];

    public static KernelConfiguration Streaming(ElementType elementType, int headDim, int tileRows) =>
        new(KernelFamily.Streaming, KernelTarget.Sm90a, elementType, headDim, tileRows);

    public static string Render(KernelConfiguration configuration) =>
        Sm90aKernelUnit.Render(TemplateLibrary.Embedded, configuration, CancellationToken.None);
}
