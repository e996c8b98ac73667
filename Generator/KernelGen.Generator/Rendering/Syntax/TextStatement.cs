namespace KernelGen.Generator.Rendering.Syntax;

/// <summary>Text between code blocks, or the content of a raw block.</summary>
internal sealed class TextStatement : Statement
{
    private readonly string _text;

    /// <summary>Makes a statement of a text token.</summary>
    public TextStatement(Token text) => _text = text.Text;

    /// <inheritdoc/>
    public override void Render(RenderContext context) => context.Output.Append(_text);
}
