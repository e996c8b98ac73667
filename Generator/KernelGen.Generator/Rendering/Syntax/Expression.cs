namespace KernelGen.Generator.Rendering.Syntax;

/// <summary>An expression of a template.</summary>
internal abstract class Expression
{
    /// <summary>Makes an expression that starts at an offset of the template's text.</summary>
    protected Expression(int offset) => Offset = offset;

    /// <summary>Where the expression starts.</summary>
    public int Offset { get; }

    /// <summary>The expression's value.</summary>
    /// <exception cref="TemplateException">It does not fit the names in scope.</exception>
    public abstract TemplateValue Evaluate(RenderContext context);

    /// <summary>The expression's value, which must be a boolean.</summary>
    /// <param name="context">The rendering.</param>
    /// <param name="role">What the value is for, as the message says it.</param>
    public bool EvaluateBoolean(RenderContext context, string role)
    {
        TemplateValue value = Evaluate(context);
        return value.Kind == TemplateValueKind.Boolean
            ? value.Boolean
            : throw context.Error(Offset, $"{role} must be a boolean, this is {value.KindText}");
    }

    /// <summary>The expression's value, which must be an integer.</summary>
    /// <param name="context">The rendering.</param>
    /// <param name="role">What the value is for, as the message says it.</param>
    public long EvaluateInteger(RenderContext context, string role)
    {
        TemplateValue value = Evaluate(context);
        return value.Kind == TemplateValueKind.Integer
            ? value.Integer
            : throw context.Error(Offset, $"{role} must be an integer, this is {value.KindText}");
    }
}
