using System.Globalization;

namespace KernelGen.Generator.Rendering.Syntax;

/// <summary><c>{{ expression }}</c></summary>
internal sealed class OutputStatement : Statement
{
    private readonly Expression _expression;

    /// <summary>Makes a statement that writes the expression's value.</summary>
    public OutputStatement(Expression expression) => _expression = expression;

    /// <inheritdoc/>
    public override void Render(RenderContext context)
    {
        TemplateValue value = _expression.Evaluate(context);
        switch (value.Kind)
        {
            case TemplateValueKind.Integer:
                context.Output.Append(value.Integer.ToString(CultureInfo.InvariantCulture));
                break;
            case TemplateValueKind.Boolean:
                context.Output.Append(value.Boolean ? "true" : "false");
                break;
            case TemplateValueKind.String:
                context.Output.Append(value.String);
                break;
            default:
                throw context.Error(_expression.Offset, $"only integers, booleans and strings can be written, this is {value.KindText}");
        }
    }
}
