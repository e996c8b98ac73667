namespace KernelGen.Generator.Rendering.Syntax;

/// <summary><c>{{ include 'path/name.sbn' }}</c></summary>
internal sealed class IncludeStatement : Statement
{
    private readonly int _offset;
    private readonly Expression _name;

    /// <summary>Makes a statement that renders another template in place.</summary>
    public IncludeStatement(int offset, Expression name)
    {
        _offset = offset;
        _name = name;
    }

    /// <inheritdoc/>
    public override void Render(RenderContext context)
    {
        TemplateValue name = _name.Evaluate(context);
        if (name.Kind != TemplateValueKind.String)
            throw context.Error(_name.Offset, $"'include' needs a template name, this is {name.KindText}");
        context.Include(name.String, _offset, _name.Offset);
    }
}
