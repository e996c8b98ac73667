using Scriban;
using Scriban.Runtime;
using Scriban.Syntax;

namespace KernelGen.Generator.Rendering;

/// <summary><c>include 'name'</c>, the one builtin of templates: Scriban's, for string names, with callers for messages.</summary>
internal sealed class IncludeFunction : IScriptCustomFunction
{
    /// <summary>Its name in templates.</summary>
    public const string Name = "include";

    public int RequiredParameterCount => 1;

    public int ParameterCount => 1;

    public ScriptVarParamKind VarParamKind => ScriptVarParamKind.None;

    // By this Scriban refuses an include within an expression, which would make a value of a whole text.
    public Type ReturnType => typeof(void);

    public ScriptParameterInfo GetParameterInfo(int index) => new(typeof(object), "name");

    public object? Invoke(
        TemplateContext context, ScriptNode? callerContext, ScriptArray arguments, ScriptBlockStatement? blockStatement) =>
        ((RenderContext)context).Include(arguments[0], callerContext ?? context.CurrentNode!);

    public ValueTask<object?> InvokeAsync(
        TemplateContext context, ScriptNode? callerContext, ScriptArray arguments, ScriptBlockStatement? blockStatement) =>
        new(Invoke(context, callerContext, arguments, blockStatement));
}
