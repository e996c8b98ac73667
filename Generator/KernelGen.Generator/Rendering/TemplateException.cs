using System;
using System.Globalization;
using Scriban.Parsing;

namespace KernelGen.Generator.Rendering;

/// <summary>A fault in a template, or in the use of one, with the place it was found at.</summary>
internal sealed class TemplateException : Exception
{
    /// <summary>Makes an exception whose message reads <c>file(line,column): description</c>.</summary>
    /// <param name="templateName">The template at fault, such as <c>cpu/streaming.cs.sbn</c>.</param>
    /// <param name="line">The line, from 1.</param>
    /// <param name="column">The column in UTF-16 units, from 1.</param>
    /// <param name="description">What is wrong, without the place.</param>
    public TemplateException(string templateName, int line, int column, string description)
        : base(string.Format(CultureInfo.InvariantCulture, "{0}({1},{2}): {3}", templateName, line, column, description))
    {
        TemplateName = templateName;
        Line = line;
        Column = column;
        Description = description;
    }

    /// <summary>The template at fault.</summary>
    public string TemplateName { get; }

    /// <summary>The line of the fault, from 1.</summary>
    public int Line { get; }

    /// <summary>The column of the fault in UTF-16 units, from 1.</summary>
    public int Column { get; }

    /// <summary>What is wrong, without the place.</summary>
    public string Description { get; }

    /// <summary>Makes an exception that points at a span of Scriban's, which counts lines and columns from 0.</summary>
    public static TemplateException At(string templateName, SourceSpan span, string description) =>
        new(templateName, Math.Max(span.Start.Line, 0) + 1, Math.Max(span.Start.Column, 0) + 1, RenderContext.Shorten(description));
}
