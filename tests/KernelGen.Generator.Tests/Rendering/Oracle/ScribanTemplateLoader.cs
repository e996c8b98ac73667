using KernelGen.Generator.Rendering;
using Scriban;
using Scriban.Parsing;
using Scriban.Runtime;

namespace KernelGen.Generator.Tests.Rendering;

/// <summary>Gives Scriban the templates of a library.</summary>
internal sealed class ScribanTemplateLoader(TemplateLibrary library) : ITemplateLoader
{
    public static string TextOf(TemplateLibrary library, string templateName) => library.TextOf(templateName).Replace("\r\n", "\n");

    public string GetPath(TemplateContext context, SourceSpan callerSpan, string templateName) => templateName;

    public string Load(TemplateContext context, SourceSpan callerSpan, string templatePath) => TextOf(library, templatePath);

    public ValueTask<string?> LoadAsync(TemplateContext context, SourceSpan callerSpan, string templatePath) =>
        ValueTask.FromResult<string?>(TextOf(library, templatePath));
}
