namespace KernelGen.Generator.Rendering.Syntax;

/// <summary><c>{{ name = expression }}</c></summary>
internal sealed class AssignStatement : Statement
{
    private readonly Token _name;
    private readonly Expression _value;

    /// <summary>Makes a statement that assigns the value to the name.</summary>
    public AssignStatement(Token name, Expression value)
    {
        _name = name;
        _value = value;
    }

    /// <inheritdoc/>
    public override void Render(RenderContext context) => context.Assign(_name.Text, _value.Evaluate(context), _name.Offset);
}
