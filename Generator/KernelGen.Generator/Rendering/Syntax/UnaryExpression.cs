namespace KernelGen.Generator.Rendering.Syntax;

/// <summary><c>-value</c> or <c>!value</c>.</summary>
internal sealed class UnaryExpression : Expression
{
    private readonly bool _isNot;
    private readonly Expression _operand;

    /// <summary>Makes a unary operation.</summary>
    public UnaryExpression(Token symbol, Expression operand)
        : base(symbol.Offset)
    {
        _isNot = symbol.Text == "!";
        _operand = operand;
    }

    /// <inheritdoc/>
    public override TemplateValue Evaluate(RenderContext context)
    {
        if (_isNot)
            return !_operand.EvaluateBoolean(context, "the operand of '!'");

        long value = _operand.EvaluateInteger(context, "the operand of '-'");
        return value == long.MinValue ? throw context.Error(Offset, "the result of '-' does not fit in 64 bits") : -value;
    }
}
