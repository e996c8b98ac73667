namespace KernelGen.Generator.Rendering.Syntax;

/// <summary>A name of the model, an assigned name or a loop variable.</summary>
internal sealed class NameExpression : Expression
{
    private readonly string _name;

    /// <summary>Makes an expression of a name token.</summary>
    public NameExpression(Token name)
        : base(name.Offset) => _name = name.Text;

    /// <inheritdoc/>
    public override TemplateValue Evaluate(RenderContext context) => context.GetValue(_name, Offset);
}
