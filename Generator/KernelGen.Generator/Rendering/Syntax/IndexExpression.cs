using System.Globalization;

namespace KernelGen.Generator.Rendering.Syntax;

/// <summary><c>target[index]</c>, from 0.</summary>
internal sealed class IndexExpression : Expression
{
    private readonly Expression _target;
    private readonly Expression _index;

    /// <summary>Makes an access to a list.</summary>
    public IndexExpression(Expression target, Expression index)
        : base(target.Offset)
    {
        _target = target;
        _index = index;
    }

    /// <inheritdoc/>
    public override TemplateValue Evaluate(RenderContext context)
    {
        TemplateValue target = _target.Evaluate(context);
        if (target.Kind != TemplateValueKind.List)
            throw context.Error(_target.Offset, $"'[ ]' needs a list before it, this is {target.KindText}");

        long index = _index.EvaluateInteger(context, "an index");
        if (index < 0 || index >= target.List.Count)
        {
            throw context.Error(
                _index.Offset,
                string.Format(CultureInfo.InvariantCulture, "index {0} is outside a list of {1}", index, target.List.Count));
        }

        return target.List[(int)index];
    }
}
