using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace KernelGen.Generator.Tests.Compilations;

/// <summary>An additional file that exists only in memory. Its template's name is its path when no other is given.</summary>
internal sealed class InMemoryText(string path, string text, string? templateName = null) : AdditionalText
{
    public string TemplateName => templateName ?? path;

    public override string Path => path;

    public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(text);
}
