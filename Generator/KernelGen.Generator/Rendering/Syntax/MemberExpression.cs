namespace KernelGen.Generator.Rendering.Syntax;

/// <summary><c>target.member</c>; a list has the member <c>size</c>.</summary>
internal sealed class MemberExpression : Expression
{
    private readonly Expression _target;
    private readonly Token _member;

    /// <summary>Makes a member access.</summary>
    public MemberExpression(Expression target, Token member)
        : base(target.Offset)
    {
        _target = target;
        _member = member;
    }

    /// <inheritdoc/>
    public override TemplateValue Evaluate(RenderContext context)
    {
        TemplateValue target = _target.Evaluate(context);
        string name = _member.Text;
        switch (target.Kind)
        {
            case TemplateValueKind.Object:
                return target.Object.TryGetValue(name, out TemplateValue value)
                    ? value
                    : throw context.Error(_member.Offset, $"unknown member '{name}'; known members: {string.Join(", ", target.Object.Names)}");
            case TemplateValueKind.List:
                return name == "size"
                    ? target.List.Count
                    : throw context.Error(_member.Offset, $"unknown member '{name}'; a list has only 'size'");
            default:
                throw context.Error(_member.Offset, $"'.{name}' needs an object or a list before it, this is {target.KindText}");
        }
    }
}
