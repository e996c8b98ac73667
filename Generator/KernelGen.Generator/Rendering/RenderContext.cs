using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Threading;

namespace KernelGen.Generator.Rendering;

/// <summary>The state of one rendering: output, names in scope, and the chain of includes.</summary>
internal sealed class RenderContext
{
    private const int MaximumIncludeDepth = 32;

    private readonly TemplateLibrary _library;
    private readonly CancellationToken _cancellationToken;
    private readonly Dictionary<string, RenderVariable> _variables = new(StringComparer.Ordinal);
    private readonly Stack<(TemplateSource Source, int Offset)> _callers = new();
    private TemplateSource _source;

    /// <summary>Starts a rendering with the model's names in scope.</summary>
    public RenderContext(TemplateLibrary library, TemplateSource source, TemplateObject model, CancellationToken cancellationToken)
    {
        _library = library;
        _source = source;
        _cancellationToken = cancellationToken;
        foreach (KeyValuePair<string, TemplateValue> pair in model)
            _variables.Add(pair.Key, new RenderVariable(RenderVariableKind.Model, pair.Value));
    }

    /// <summary>The text so far.</summary>
    public StringBuilder Output { get; } = new(16 * 1024);

    /// <summary>The innermost loop that is running, across includes.</summary>
    public LoopState? Loop { get; set; }

    /// <summary>An exception that points at an offset of the running template and says how it came to be included.</summary>
    public TemplateException Error(int offset, string description)
    {
        foreach ((TemplateSource source, int callerOffset) in _callers)
        {
            (int line, int column) = source.Locate(callerOffset);
            description += string.Format(CultureInfo.InvariantCulture, "; included from {0}({1},{2})", source.Name, line, column);
        }

        return _source.Error(offset, description);
    }

    /// <summary>Stops the rendering when the caller no longer wants it.</summary>
    public void ThrowIfCancelled() => _cancellationToken.ThrowIfCancellationRequested();

    /// <summary>The value of a name.</summary>
    public TemplateValue GetValue(string name, int offset) => _variables.TryGetValue(name, out RenderVariable variable)
        ? variable.Value
        : throw Error(offset, $"unknown name '{name}'; known names: {Join(_variables.Keys)}");

    /// <summary>Gives a name a value; the model's names and running loop variables are not open to it.</summary>
    public void Assign(string name, TemplateValue value, int offset)
    {
        if (_variables.TryGetValue(name, out RenderVariable variable) && variable.Kind != RenderVariableKind.Assigned)
        {
            string owner = variable.Kind == RenderVariableKind.Model ? "the model" : "a running loop";
            throw Error(offset, $"'{name}' belongs to {owner} and cannot be assigned; choose another name");
        }

        _variables[name] = new RenderVariable(RenderVariableKind.Assigned, value);
    }

    /// <summary>Starts to use a name as a loop variable and returns what it hides, if anything.</summary>
    public RenderVariable? EnterLoop(string name, int offset)
    {
        if (!_variables.TryGetValue(name, out RenderVariable hidden))
            return null;
        if (hidden.Kind == RenderVariableKind.Model)
            throw Error(offset, $"the loop variable '{name}' hides a name of the model; choose another name");
        return hidden;
    }

    /// <summary>Sets the loop variable for one round.</summary>
    public void SetLoopVariable(string name, TemplateValue value) => _variables[name] = new RenderVariable(RenderVariableKind.Loop, value);

    /// <summary>Ends the use of a name as a loop variable.</summary>
    public void ExitLoop(string name, RenderVariable? hidden)
    {
        if (hidden is { } variable)
            _variables[name] = variable;
        else
            _variables.Remove(name);
    }

    /// <summary>Renders another template in place, with all names in scope.</summary>
    public void Include(string templateName, int keywordOffset, int nameOffset)
    {
        ThrowIfCancelled();
        if (_callers.Count >= MaximumIncludeDepth)
            throw _source.Error(keywordOffset, string.Format(CultureInfo.InvariantCulture, "includes are nested more than {0} deep", MaximumIncludeDepth));
        if (!_library.TryGet(templateName, out Template? template))
            throw Error(nameOffset, $"unknown template '{templateName}'; known templates: {Join(_library.Names)}");

        TemplateSource caller = _source;
        _callers.Push((caller, keywordOffset));
        _source = template!.Source;
        template.Body.Render(this);
        _source = caller;
        _callers.Pop();
    }

    private static string Join(IEnumerable<string> names)
    {
        string joined = string.Join(", ", names.OrderBy(name => name, StringComparer.Ordinal));
        return joined.Length == 0 ? "none" : joined;
    }
}
