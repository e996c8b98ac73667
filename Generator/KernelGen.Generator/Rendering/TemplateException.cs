using Scriban.Parsing;

namespace KernelGen.Generator.Rendering;

/// <summary>A fault in a template, or in the use of one, with the place it was found at.</summary>
internal sealed class TemplateException : Exception
{
    /// <summary>Makes an exception whose message reads <c>file(line,column): description</c>.</summary>
    public TemplateException(string templateName, int line, int column, string description)
        : base(Invariant($"{templateName}({line},{column}): {description}"))
    {
        TemplateName = templateName;
        Line = line;
        Column = column;
        Description = description;
    }

    public string TemplateName { get; }
    public int Line { get; }

    /// <summary>The column of the fault in UTF-16 units, from 1.</summary>
    public int Column { get; }

    public string Description { get; }

    /// <summary>Makes an exception that points at a span of Scriban's, which counts lines and columns from 0.</summary>
    public static TemplateException At(string templateName, SourceSpan span, string description) =>
        new(templateName, Math.Max(span.Start.Line, 0) + 1, Math.Max(span.Start.Column, 0) + 1, RenderContext.Shorten(description));
}
