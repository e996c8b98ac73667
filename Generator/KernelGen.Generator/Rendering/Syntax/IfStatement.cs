namespace KernelGen.Generator.Rendering.Syntax;

/// <summary><c>{{ if condition }} ... {{ else }} ... {{ end }}</c></summary>
internal sealed class IfStatement : Statement
{
    private readonly Expression _condition;
    private readonly Block _then;
    private readonly Block _otherwise;

    /// <summary>Makes a statement; <c>else if</c> is an <c>if</c> as the only statement of <paramref name="otherwise"/>.</summary>
    public IfStatement(Expression condition, Block then, Block otherwise)
    {
        _condition = condition;
        _then = then;
        _otherwise = otherwise;
    }

    /// <inheritdoc/>
    public override void Render(RenderContext context) =>
        (_condition.EvaluateBoolean(context, "the condition of an 'if'") ? _then : _otherwise).Render(context);
}
