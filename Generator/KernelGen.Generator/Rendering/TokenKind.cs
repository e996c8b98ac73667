namespace KernelGen.Generator.Rendering;

/// <summary>The kinds of token that a template is made of.</summary>
internal enum TokenKind
{
    /// <summary>Text to copy to the output.</summary>
    Text,

    /// <summary>A line end or <c>;</c> inside a code block, or the end of the block.</summary>
    EndOfStatement,

    /// <summary>A name or a keyword.</summary>
    Name,

    /// <summary>A decimal integer.</summary>
    Integer,

    /// <summary>A quoted string, its escapes resolved.</summary>
    String,

    /// <summary>An operator or a bracket; the token's text is its spelling.</summary>
    Symbol,

    /// <summary>The end of the template.</summary>
    EndOfTemplate,
}
