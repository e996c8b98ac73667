namespace KernelGen.Generator.Tests.Rendering;

/// <summary>Everything that the Scriban oracle compares; add a source here to have it compared too.</summary>
internal static class TemplateRenderings
{
    private static readonly IReadOnlyList<Func<IEnumerable<TemplateRendering>>> _sources = [Language];

    public static IEnumerable<TemplateRendering> All() => _sources.SelectMany(source => source());

    private static IEnumerable<TemplateRendering> Language() =>
        LanguageCases.All.Select(language => new TemplateRendering(language.Title, language.Library, LanguageCase.TemplateName, LanguageCase.Model));
}
