using KernelGen.Generator.Rendering.Syntax;

namespace KernelGen.Generator.Rendering;

/// <summary>A parsed template. It is immutable and may be rendered by several threads at once.</summary>
internal sealed class Template
{
    private Template(TemplateSource source, Block body)
    {
        Source = source;
        Body = body;
    }

    /// <summary>Name and text.</summary>
    public TemplateSource Source { get; }

    /// <summary>The statements of the whole file.</summary>
    public Block Body { get; }

    /// <summary>Parses a template.</summary>
    /// <param name="name">The name that messages give, such as <c>cpu/streaming.cs.sbn</c>.</param>
    /// <param name="text">The text; <c>\r\n</c> is read as <c>\n</c>.</param>
    /// <exception cref="TemplateException">The text is not in the supported subset.</exception>
    public static Template Parse(string name, string text)
    {
        var source = new TemplateSource(name, text);
        return new Template(source, new TemplateParser(source, new TemplateLexer(source).Tokenize()).Parse());
    }
}
