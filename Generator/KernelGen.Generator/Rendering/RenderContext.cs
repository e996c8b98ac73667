using System.Globalization;
using Scriban;
using Scriban.Parsing;
using Scriban.Runtime;
using Scriban.Syntax;

namespace KernelGen.Generator.Rendering;

/// <summary>A strict and bounded rendering: Scriban evaluates every statement and expression through this class.</summary>
internal sealed class RenderContext : TemplateContext
{
    // No other builtin: Scriban imports those by reflection, which loads System.Text.Json into the compiler, in whatever version it has.
    private static readonly ScriptObject _builtins = new() { { IncludeFunction.Name, new IncludeFunction() } };

    private readonly ScriptObject _model;
    private readonly ScriptObject _names = [];
    private readonly Stack<string> _loopVariables = new();
    private readonly Stack<SourceSpan> _callers = new();
    private int _captures;

    public RenderContext(TemplateLibrary library, TemplateObject model, CancellationToken cancellationToken)
        : base(_builtins)
    {
        Library = library;
        _model = model.Members;
        StrictVariables = true;
        EnableRelaxedMemberAccess = false;
        EnableRelaxedIndexerAccess = false;
        ErrorForStatementFunctionAsExpression = true;
        AutoIndent = false;
        NewLine = "\n";
        LoopLimit = TemplateLimits.Rounds;
        RecursiveLimit = TemplateLimits.CallDepth;
        // Scriban would cut texts off and go on. Ours are counted instead.
        LimitToString = 0;
        CancellationToken = cancellationToken;
        TryGetVariable = static (context, span, variable, out value) =>
            throw ((RenderContext)context).UnknownName(span, variable.Name, out value);
        TryGetMember = static (context, span, target, member, out value) => throw UnknownMember(span, target, member, out value);

        // One object for the model's names and for those that a template assigns: each use of a name looks through all objects.
        foreach (KeyValuePair<string, object?> pair in _model)
            _names.Add(pair.Key, pair.Value);
        PushGlobal(_names);
    }

    /// <summary>The templates that can be included.</summary>
    public TemplateLibrary Library { get; }

    /// <summary>Marks the lines that are written; null where they are not needed.</summary>
    public LineMarks? Marks { get; init; }

    /// <summary>Statements and expressions evaluated so far.</summary>
    public long Steps { get; private set; }

    /// <summary>Characters written, joined or compared so far.</summary>
    public long Characters { get; private set; }

    /// <summary>Renders another template in place, with all names in scope.</summary>
    public string Include(object? argument, ScriptNode caller)
    {
        SourceSpan place = caller is ScriptFunctionCall { Arguments.Count: > 0 } call ? call.Arguments[0].Span : caller.Span;
        if (argument is not string name)
            throw new ScriptRuntimeException(place, $"'include' needs a template name, this is {StrictOperators.KindOf(argument)}");
        if (_callers.Count == TemplateLimits.IncludeDepth)
            throw new ScriptRuntimeException(caller.Span, Invariant($"includes are nested more than {TemplateLimits.IncludeDepth} deep"));

        // A fault leaves its callers on the stack, for its message.
        _callers.Push(caller.Span);
        if (!Library.TryGet(name, out Template? template))
        {
            _callers.Pop();
            throw new ScriptRuntimeException(place, $"unknown template '{Shorten(name)}'{NearestNames.Suggest(name, Library.Names)}");
        }

        string text = RenderTemplate(template!, [], caller);
        _callers.Pop();
        return text;
    }

    /// <summary>Says where the template that is running was included from.</summary>
    public string DescribeCallers() => string.Concat(_callers.Select(static caller =>
        Invariant($"; included from {caller.FileName}({caller.Start.Line + 1},{caller.Start.Column + 1})")));

    public override object? Evaluate(ScriptNode? scriptNode, bool aliasReturnedFunction)
    {
        if (scriptNode is null)
            return null;

        // Also stops before the stack ends.
        CheckAbort();
        if (++Steps > TemplateLimits.Steps)
            throw new ScriptRuntimeException(
                scriptNode.Span, Invariant($"the template evaluates more than {TemplateLimits.Steps} statements and expressions"));
        switch (scriptNode)
        {
            case ScriptRawStatement raw:
                WriteRaw(raw);
                return null;
            case ScriptBinaryExpression { Operator: not (ScriptBinaryOperator.And or ScriptBinaryOperator.Or) } binary:
                return StrictOperators.Evaluate(this, binary);
            case ScriptUnaryExpression { Operator: ScriptUnaryOperator.Negate } unary:
                return StrictOperators.Negate(this, unary);
            case ScriptExpressionStatement { Expression: { } expression }:
                return Writable(expression.Span, base.Evaluate(scriptNode, aliasReturnedFunction));
            case ScriptAssignExpression assignment:
                CheckAssignable((ScriptVariable)assignment.Target!);
                break;
            case ScriptForStatement loop:
                CheckNotOfModel((ScriptVariable)loop.Variable!, "the loop variable '{0}' hides a name of the model; choose another name");
                break;
            case ScriptFunction function:
                CheckAssignable((ScriptVariable)function.NameOrDoToken!);
                foreach (ScriptParameter parameter in function.Parameters!)
                    CheckNotOfModel(parameter.Name!, "the parameter '{0}' hides a name of the model; choose another name");
                break;
            case ScriptFunctionCall { Parent: not ScriptExpressionStatement }:
                return base.Evaluate(scriptNode, aliasReturnedFunction)
                    ?? throw new ScriptRuntimeException(scriptNode.Span, "the function returned nothing");
            case ScriptCaptureStatement capture:
                CheckAssignable((ScriptVariable)capture.Target!);
                _captures++;
                base.Evaluate(capture, aliasReturnedFunction);
                _captures--;
                return MakeString(capture);
        }

        return base.Evaluate(scriptNode, aliasReturnedFunction);
    }

    public override TemplateContext Write(SourceSpan span, object? textAsObject)
    {
        if (Writable(span, textAsObject) is string text)
            Count(text.Length, span);
        return base.Write(span, textAsObject);
    }

    public override bool ToBool(SourceSpan span, object? value) => value is bool boolean
        ? boolean
        : throw new ScriptRuntimeException(span, $"a condition must be a boolean, this is {StrictOperators.KindOf(value)}");

    public override int ToInt(SourceSpan span, object? value) => value switch
    {
        int and >= 0 => (int)value,
        int or long => throw new ScriptRuntimeException(span, Invariant($"the index {value} is outside the list")),
        _ => throw new ScriptRuntimeException(span, $"an index must be an integer, this is {StrictOperators.KindOf(value)}"),
    };

    /// <summary>Counts characters that are written, joined or compared.</summary>
    public void Count(int characters, SourceSpan span)
    {
        Characters += characters;
        if (Characters > TemplateLimits.Characters)
            throw new ScriptRuntimeException(span, Invariant($"the template writes more than {TemplateLimits.Characters} characters"));
    }

    /// <summary>Cuts a text that goes into a message.</summary>
    public static string Shorten(string text) =>
        text.Length <= TemplateLimits.MessageLength ? text : text.Substring(0, TemplateLimits.MessageLength) + "...";

    protected override void OnEnterLoop(ScriptLoopStatementBase loop)
    {
        if (_loopVariables.Count == TemplateLimits.LoopDepth)
            throw new ScriptRuntimeException(loop.Span, Invariant($"loops are nested more than {TemplateLimits.LoopDepth} deep"));
        _loopVariables.Push(loop is ScriptForStatement { Variable: ScriptVariable variable } ? variable.Name : "");
    }

    protected override void OnExitLoop(ScriptLoopStatementBase loop) => _loopVariables.Pop();

    // Scriban would read members of any .NET object, single characters of strings and bits of integers.
    protected override IObjectAccessor? GetMemberAccessorImpl(object target) =>
        target is IScriptObject ? base.GetMemberAccessorImpl(target) : null;

    protected override IListAccessor? GetListAccessorImpl(object target, Type type) =>
        target is ScriptArray ? base.GetListAccessorImpl(target, type) : null;

    private static object? Writable(SourceSpan span, object? value) => value is null or int or long or bool or string
        ? value
        : throw new ScriptRuntimeException(
            span, $"only integers, booleans and strings can be written, this is {StrictOperators.KindOf(value)}");

    private void WriteRaw(ScriptRawStatement raw)
    {
        string text = raw.Text.ToString();

        // What is captured becomes a string, which may be compared.
        if (_captures == 0 && Marks is not null)
            text = Marks.Mark(raw.Span.FileName, raw.Span.Start.Line + 1, text);
        Count(text.Length, raw.Span);
        base.Write(raw.Span, text);
    }

    private void CheckAssignable(ScriptVariable variable)
    {
        CheckNotOfModel(variable, "'{0}' belongs to the model and cannot be assigned; choose another name");
        if (_loopVariables.Contains(variable.Name))
            throw new ScriptRuntimeException(
                variable.Span, $"'{variable.Name}' belongs to a running loop and cannot be assigned; choose another name");
    }

    private void CheckNotOfModel(ScriptVariable variable, string message)
    {
        if (_model.Contains(variable.Name) || _builtins.Contains(variable.Name))
            throw new ScriptRuntimeException(variable.Span, string.Format(CultureInfo.InvariantCulture, message, variable.Name));
    }

    // Scriban leaves the output itself in the variable.
    private object? MakeString(ScriptCaptureStatement capture)
    {
        var variable = (ScriptVariable)capture.Target!;
        string text = GetValue(variable)!.ToString()!;
        if (text.Length > TemplateLimits.StringLength)
            throw StrictOperators.TooLong(capture.Span);
        SetValue(variable, text);
        return null;
    }

    private ScriptRuntimeException UnknownName(SourceSpan span, string name, out object? value)
    {
        value = null;
        if (name == ScriptVariable.ForObject.Name)
            return new(span, "'for' is used outside a loop");
        return new(span, $"unknown name '{Shorten(name)}'{NearestNames.Suggest(name, _names.Keys.Concat(_loopVariables))}");
    }

    private static ScriptRuntimeException UnknownMember(SourceSpan span, object target, string member, out object? value)
    {
        value = null;
        string name = Shorten(member);
        return target switch
        {
            ScriptArray => new(span, $"unknown member '{name}'; a list has only 'size'"),
            ScriptObject known => new(span, $"unknown member '{name}'{NearestNames.Suggest(name, known.Keys)}"),
            IScriptObject => new(span, $"unknown member '{name}'; a loop has 'index', 'first', 'last', 'even', 'odd' and 'changed'"),
            _ => new(span, $"'{name}' needs an object or a list before it, this is {StrictOperators.KindOf(target)}"),
        };
    }
}
