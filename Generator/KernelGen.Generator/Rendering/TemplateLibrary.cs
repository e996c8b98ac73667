using System.Reflection;
using Scriban;
using Scriban.Syntax;

namespace KernelGen.Generator.Rendering;

/// <summary>A set of named templates. It is immutable, and each template is parsed at most once.</summary>
internal sealed class TemplateLibrary
{
    private static readonly Lazy<TemplateLibrary> _embedded = new(ReadEmbedded);
    private readonly Dictionary<string, TemplateEntry> _entries;
    private readonly RenderTotals? _totals;

    private TemplateLibrary(Dictionary<string, TemplateEntry> entries, RenderTotals? totals = null)
    {
        _entries = entries;
        _totals = totals;
    }

    /// <summary>The templates that are part of the generator.</summary>
    public static TemplateLibrary Embedded => _embedded.Value;

    public static TemplateLibrary Empty { get; } = new(new Dictionary<string, TemplateEntry>(StringComparer.Ordinal));

    /// <summary>The names of the templates in ordinal order.</summary>
    public IEnumerable<string> Names => _entries.Keys.OrderBy(name => name, StringComparer.Ordinal);

    /// <summary>A library in which the given templates are added or stand in for the ones of the same name.</summary>
    public TemplateLibrary WithOverrides(IEnumerable<KeyValuePair<string, string>> nameToText, Func<string, string>? pathOf = null)
    {
        var entries = new Dictionary<string, TemplateEntry>(_entries, StringComparer.Ordinal);
        foreach (KeyValuePair<string, string> pair in nameToText)
            entries[pair.Key] = new TemplateEntry(pair.Key, pair.Value, pathOf?.Invoke(pair.Key));
        return entries.Count == 0 ? this : new TemplateLibrary(entries);
    }

    /// <summary>The same templates; what their renderings use up is added up, for one class.</summary>
    public TemplateLibrary Metered() => new(_entries, new RenderTotals());

    /// <summary>The text of a template as it was given.</summary>
    public string TextOf(string templateName) => _entries.TryGetValue(templateName, out TemplateEntry? entry)
        ? entry.Text
        : throw UnknownTemplate(templateName);

    /// <summary>Renders a template; for C#, with <c>#line</c> around what comes from files of the user's.</summary>
    public string Render(string templateName, TemplateObject model, CancellationToken cancellationToken = default, bool asCSharp = false)
    {
        if (!TryGet(templateName, out Template? template))
            throw UnknownTemplate(templateName);
        bool marks = asCSharp && _entries.Values.Any(static entry => entry.Path is not null);
        var context = new RenderContext(this, model, cancellationToken) { Marks = marks ? new(PathOf) : null };
        try
        {
            string text = template!.Render(context);
            _totals?.Add(context, templateName);
            return context.Marks?.ToDirectives(text) ?? text;
        }
        catch (ScriptAbortException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (ScriptRuntimeException fault)
        {
            // A template that cannot be parsed shows when it is included.
            if (fault.InnerException is TemplateException parsing)
                throw new TemplateException(
                    parsing.TemplateName, parsing.Line, parsing.Column, parsing.Description + context.DescribeCallers());
            throw TemplateException.At(fault.Span.FileName ?? templateName, fault.Span, fault.OriginalMessage + context.DescribeCallers());
        }
    }

    /// <summary>Looks a template up and parses it when this is its first use.</summary>
    public bool TryGet(string templateName, out Template? template)
    {
        template = _entries.TryGetValue(templateName, out TemplateEntry? entry) ? entry.Parsed : null;
        return template is not null;
    }

    private string? PathOf(string templateName) => _entries.TryGetValue(templateName, out TemplateEntry? entry) ? entry.Path : null;

    private static TemplateLibrary ReadEmbedded()
    {
        Assembly assembly = typeof(TemplateLibrary).Assembly;
        var entries = new Dictionary<string, TemplateEntry>(StringComparer.Ordinal);
        foreach (string name in assembly.GetManifestResourceNames())
        {
            if (!name.EndsWith(".sbn", StringComparison.Ordinal))
                continue;
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            entries.Add(name, new TemplateEntry(name, reader.ReadToEnd()));
        }

        return new TemplateLibrary(entries);
    }

    private ArgumentException UnknownTemplate(string templateName) =>
        new($"There is no template '{templateName}'; known templates: {string.Join(", ", Names)}.", nameof(templateName));

    // Libraries with overrides share the entries, and so the parsed templates, of the one they were made from.
    private sealed class TemplateEntry(string name, string text, string? path = null)
    {
        private readonly Lazy<Template> _parsed = new(() => TemplateParser.Parse(name, text));

        public string Text => text;
        public string? Path => path;
        public Template Parsed => _parsed.Value;
    }
}
