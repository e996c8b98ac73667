using System.Collections.Generic;

namespace KernelGen.Generator.Rendering;

/// <summary>A position in the tokens of a template.</summary>
internal sealed class TokenReader
{
    private readonly TemplateSource _source;
    private readonly List<Token> _tokens;
    private int _index;

    /// <summary>Starts at the first token; the last one must be <see cref="TokenKind.EndOfTemplate"/>.</summary>
    public TokenReader(TemplateSource source, List<Token> tokens)
    {
        _source = source;
        _tokens = tokens;
    }

    /// <summary>The token at the position.</summary>
    public Token Current => _tokens[_index];

    /// <summary>The token after it.</summary>
    public Token Next => _tokens[_index + 1 < _tokens.Count ? _index + 1 : _index];

    /// <summary>Returns the current token and goes on to the next.</summary>
    public Token Advance()
    {
        Token token = Current;
        if (token.Kind != TokenKind.EndOfTemplate)
            _index++;
        return token;
    }

    /// <summary>Reads a bracket or operator.</summary>
    /// <exception cref="TemplateException">Something else is there.</exception>
    public void ExpectSymbol(string spelling)
    {
        if (!Current.IsSymbol(spelling))
            throw _source.Error(Current.Offset, $"expected '{spelling}', found {Current.Describe()}");
        Advance();
    }

    /// <summary>Reads the end of a statement: a line end, <c>;</c> or the end of the code block.</summary>
    /// <exception cref="TemplateException">Something else is there.</exception>
    public void ExpectEndOfStatement()
    {
        if (Current.Kind != TokenKind.EndOfStatement)
            throw _source.Error(Current.Offset, $"expected '}}}}', ';' or a new line, found {Current.Describe()}");
        Advance();
    }
}
