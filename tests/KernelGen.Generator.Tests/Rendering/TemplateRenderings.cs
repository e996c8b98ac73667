using KernelGen.Generator.Emission;
using KernelGen.Generator.Rendering;
using KernelGen.Generator.Tests.Cuda;

namespace KernelGen.Generator.Tests.Rendering;

/// <summary>Everything that the Scriban oracle compares; add a source here to have it compared too.</summary>
internal static class TemplateRenderings
{
    private static readonly IReadOnlyList<Func<IEnumerable<TemplateRendering>>> _sources = [Language, SimtVariants, CudaHeaders];

    public static IEnumerable<TemplateRendering> All() => _sources.SelectMany(source => source());

    private static IEnumerable<TemplateRendering> Language() =>
        LanguageCases.All.Select(language => new TemplateRendering(language.Title, language.Library, LanguageCase.TemplateName, LanguageCase.Model));

    private static IEnumerable<TemplateRendering> SimtVariants() =>
        SimtVariant.All.Select(variant => new TemplateRendering(
            variant.Id, TemplateLibrary.Embedded, SimtKernelUnit.TemplateName(variant.Family), SimtKernelUnit.Model(variant)));

    private static IEnumerable<TemplateRendering> CudaHeaders() =>
        SimtVariant.All.Concat(Sm80Variant.All).SelectMany(variant => CudaKernelUnit.Headers(variant)).Distinct().Select(header => new TemplateRendering(
            header.Name, TemplateLibrary.Embedded, header.TemplateName, []));
}
