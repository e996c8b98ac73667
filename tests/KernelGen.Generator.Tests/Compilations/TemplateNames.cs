using System.Diagnostics.CodeAnalysis;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace KernelGen.Generator.Tests.Compilations;

/// <summary>
/// Options under which every additional file is a template, as <c>KernelGenTemplate</c> item metadata would say.
/// </summary>
internal sealed class TemplateNames : AnalyzerConfigOptionsProvider
{
    public override AnalyzerConfigOptions GlobalOptions { get; } = new Options(null);

    public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => GlobalOptions;

    public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => new Options(((InMemoryText)textFile).TemplateName);

    private sealed class Options(string? templateName) : AnalyzerConfigOptions
    {
        public override bool TryGetValue(string key, [NotNullWhen(true)] out string? value)
        {
            value = key == "build_metadata.AdditionalFiles.KernelGenTemplate" ? templateName : null;
            return value is not null;
        }
    }
}
