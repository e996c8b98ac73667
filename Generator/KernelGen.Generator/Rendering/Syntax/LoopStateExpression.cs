namespace KernelGen.Generator.Rendering.Syntax;

/// <summary><c>for.index</c>, <c>for.first</c> or <c>for.last</c> of the innermost running loop.</summary>
internal sealed class LoopStateExpression : Expression
{
    private readonly string _member;

    /// <summary>Makes an access to the state of the innermost loop.</summary>
    public LoopStateExpression(int offset, string member)
        : base(offset) => _member = member;

    /// <inheritdoc/>
    public override TemplateValue Evaluate(RenderContext context)
    {
        LoopState loop = context.Loop ?? throw context.Error(Offset, $"'for.{_member}' is used outside a loop");
        return _member switch
        {
            "index" => loop.Index,
            "first" => loop.Index == 0,
            _ => loop.Index == loop.Count - 1,
        };
    }
}
