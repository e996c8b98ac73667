namespace KernelGen.Generator.Rendering.Syntax;

/// <summary>An integer, a string, <c>true</c> or <c>false</c>.</summary>
internal sealed class LiteralExpression : Expression
{
    private readonly TemplateValue _value;

    /// <summary>Makes a literal.</summary>
    public LiteralExpression(int offset, TemplateValue value)
        : base(offset) => _value = value;

    /// <inheritdoc/>
    public override TemplateValue Evaluate(RenderContext context) => _value;
}
