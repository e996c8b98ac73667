namespace KernelGen.Generator.Rendering;

/// <summary>A token of a template.</summary>
internal readonly struct Token
{
    /// <summary>Makes a token.</summary>
    public Token(TokenKind kind, int offset, string text, long integer = 0)
    {
        Kind = kind;
        Offset = offset;
        Text = text;
        Integer = integer;
    }

    /// <summary>What it is.</summary>
    public TokenKind Kind { get; }

    /// <summary>Where it starts in the template's text.</summary>
    public int Offset { get; }

    /// <summary>Output text, name, string value or the operator's spelling.</summary>
    public string Text { get; }

    /// <summary>The value of an integer.</summary>
    public long Integer { get; }

    /// <summary>Whether this is the given operator or bracket.</summary>
    public bool IsSymbol(string spelling) => Kind == TokenKind.Symbol && Text == spelling;

    /// <summary>Whether this is the given name or keyword.</summary>
    public bool IsName(string name) => Kind == TokenKind.Name && Text == name;

    /// <summary>The token as a message names it.</summary>
    public string Describe() => Kind switch
    {
        TokenKind.EndOfStatement => "the end of the statement",
        TokenKind.EndOfTemplate => "the end of the template",
        TokenKind.Text => "text",
        TokenKind.String => "a string",
        _ => $"'{Text}'",
    };
}
