namespace KernelGen.Generator.Rendering.Syntax;

/// <summary>Statements in order.</summary>
internal sealed class Block
{
    private readonly Statement[] _statements;

    /// <summary>Makes a block of the given statements.</summary>
    public Block(Statement[] statements) => _statements = statements;

    /// <summary>A block that writes nothing.</summary>
    public static Block Empty { get; } = new([]);

    /// <summary>Renders the statements in order.</summary>
    public void Render(RenderContext context)
    {
        foreach (Statement statement in _statements)
            statement.Render(context);
    }
}
