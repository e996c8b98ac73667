using Scriban;
using Scriban.Parsing;

namespace KernelGen.Generator.Rendering;

/// <summary>Parses templates by Scriban, and refuses at once what <see cref="TemplateRules"/> does.</summary>
internal static class TemplateParser
{
    private static readonly ParserOptions _options = new() { ExpressionDepthLimit = TemplateLimits.ParserDepth };
    private const string BracesHint =
        " In text, write '{ {' or a raw block '{%{ ... }%}' for '{{'; in code, a '}}' may be missing before this.";

    /// <summary>Parses a template.</summary>
    public static Template Parse(string name, string text)
    {
        if (text.Length > TemplateLimits.TemplateLength)
            throw new TemplateException(name, 1, 1, Invariant($"the template is longer than {TemplateLimits.TemplateLength} characters"));
        string lines = text.IndexOf('\r') < 0 ? text : text.Replace("\r\n", "\n").Replace('\r', '\n');
        Template template = Template.Parse(lines, name, _options);
        if (template.HasErrors)
            throw SyntaxError(name, template);
        TemplateRules.Check(name, template.Page!);
        return template;
    }

    // Scriban goes on after a fault, and finds more behind it. A quote that is missing explains all of them.
    private static TemplateException SyntaxError(string name, Template template)
    {
        LogMessage fault = template.Messages
            .Where(static message => message.Type == ParserMessageType.Error)
            .OrderByDescending(static message => message.Message.Contains("not terminated"))
            .ThenBy(static message => message.Span.Start.Line)
            .ThenBy(static message => message.Span.Start.Column)
            .First();
        if (fault.Message.Contains("<end> statement was not found") && TemplateRules.FindUnclosed(template.Page!) is { } unclosed)
            return TemplateException.At(name, unclosed.Span, $"'{TemplateRules.KeywordOf(unclosed)}' is not closed; its 'end' is missing");
        string hint = fault.Message.Contains("object initializer") ? BracesHint : "";
        return TemplateException.At(name, fault.Span, fault.Message + hint);
    }
}
