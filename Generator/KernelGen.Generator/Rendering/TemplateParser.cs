using System.Collections.Generic;
using KernelGen.Generator.Rendering.Syntax;

namespace KernelGen.Generator.Rendering;

/// <summary>Turns the tokens of a template into statements.</summary>
internal sealed class TemplateParser
{
    // Deep enough for any template, shallow enough for the stack of a compiler thread with 32 includes on it.
    private const int MaximumBlockDepth = 64;

    private readonly TemplateSource _source;
    private readonly TokenReader _tokens;
    private readonly ExpressionParser _expressions;
    private int _depth;

    /// <summary>Makes a parser for one template.</summary>
    public TemplateParser(TemplateSource source, List<Token> tokens)
    {
        _source = source;
        _tokens = new TokenReader(source, tokens);
        _expressions = new ExpressionParser(source, _tokens);
    }

    /// <summary>The statements of the template.</summary>
    /// <exception cref="TemplateException">The template is not in the supported subset.</exception>
    public Block Parse()
    {
        Block body = ParseBlock();
        Token token = _tokens.Current;
        if (token.Kind != TokenKind.EndOfTemplate)
            throw _source.Error(token.Offset, $"'{token.Text}' without an open 'if'" + (token.IsName("end") ? " or 'for'" : ""));
        return body;
    }

    // Stops before 'else', 'end' and the end of the template.
    private Block ParseBlock()
    {
        var statements = new List<Statement>();
        while (true)
        {
            Token token = _tokens.Current;
            if (token.Kind == TokenKind.EndOfTemplate || token.IsName("end") || token.IsName("else"))
                return new Block(statements.ToArray());

            if (token.Kind == TokenKind.EndOfStatement)
                _tokens.Advance();
            else if (token.Kind == TokenKind.Text)
                statements.Add(new TextStatement(_tokens.Advance()));
            else
                statements.Add(ParseStatement());
        }
    }

    private Statement ParseStatement()
    {
        Token token = _tokens.Current;
        if (token.IsName("if"))
            return ParseIf(_tokens.Advance());
        if (token.IsName("for") && !_tokens.Next.IsSymbol("."))
            return ParseFor();
        if (token.IsName("include"))
            return ParseInclude();
        if (token.Kind == TokenKind.Name && _tokens.Next.IsSymbol("="))
            return ParseAssignment();

        var output = new OutputStatement(_expressions.Parse());
        _tokens.ExpectEndOfStatement();
        return output;
    }

    private IfStatement ParseIf(Token opening)
    {
        Expression condition = _expressions.Parse();
        _tokens.ExpectEndOfStatement();
        Block then = ParseNested(opening);
        Block otherwise = Block.Empty;
        if (_tokens.Current.IsName("else"))
        {
            Token elseToken = _tokens.Advance();
            if (_tokens.Current.IsName("if"))
            {
                // The 'end' of the inner 'if' closes the whole chain.
                Enter(_tokens.Advance());
                IfStatement chained = ParseIf(opening);
                _depth--;
                return new IfStatement(condition, then, new Block([chained]));
            }

            _tokens.ExpectEndOfStatement();
            otherwise = ParseNested(opening);
            if (_tokens.Current.IsName("else"))
                throw _source.Error(_tokens.Current.Offset, "'else' after the 'else' of the same 'if'" + OpenedAt(elseToken));
        }

        ExpectEnd(opening);
        return new IfStatement(condition, then, otherwise);
    }

    private ForStatement ParseFor()
    {
        Token opening = _tokens.Advance();
        Token variable = ExpectNewName("a loop variable");
        if (!_tokens.Current.IsName("in"))
            throw _source.Error(_tokens.Current.Offset, $"expected 'in' after the loop variable, found {_tokens.Current.Describe()}");
        _tokens.Advance();
        Expression items = _expressions.ParseRangeOrList();
        _tokens.ExpectEndOfStatement();
        Block body = ParseNested(opening);
        if (_tokens.Current.IsName("else"))
            throw _source.Error(_tokens.Current.Offset, "the 'else' of a 'for' is not in the supported subset");
        ExpectEnd(opening);
        return new ForStatement(variable, items, body);
    }

    private IncludeStatement ParseInclude()
    {
        Token keyword = _tokens.Advance();
        Token token = _tokens.Current;
        if (token.Kind != TokenKind.String && !token.IsSymbol("("))
            throw _source.Error(token.Offset, $"expected a quoted template name or an expression in parentheses after 'include', found {token.Describe()}");
        Expression name = _expressions.ParsePrimary();
        _tokens.ExpectEndOfStatement();
        return new IncludeStatement(keyword.Offset, name);
    }

    private AssignStatement ParseAssignment()
    {
        Token name = ExpectNewName("a name to assign to");
        _tokens.Advance();
        var assignment = new AssignStatement(name, _expressions.Parse());
        _tokens.ExpectEndOfStatement();
        return assignment;
    }

    private Token ExpectNewName(string what)
    {
        Token token = _tokens.Current;
        if (token.Kind != TokenKind.Name)
            throw _source.Error(token.Offset, $"expected {what}, found {token.Describe()}");
        if (TemplateNames.IsReserved(token.Text))
            throw _source.Error(token.Offset, $"'{token.Text}' is reserved by Scriban and cannot be {what}");
        return _tokens.Advance();
    }

    private Block ParseNested(Token opening)
    {
        Enter(opening);
        Block block = ParseBlock();
        _depth--;
        if (_tokens.Current.Kind == TokenKind.EndOfTemplate)
            throw _source.Error(opening.Offset, $"'{opening.Text}' is not closed; its 'end' is missing");
        return block;
    }

    private void Enter(Token opening)
    {
        if (++_depth > MaximumBlockDepth)
            throw _source.Error(opening.Offset, $"blocks are nested more than {MaximumBlockDepth} deep; move inner ones into an include");
    }

    private void ExpectEnd(Token opening)
    {
        if (!_tokens.Current.IsName("end"))
            throw _source.Error(_tokens.Current.Offset, $"expected 'end', found {_tokens.Current.Describe()}" + OpenedAt(opening));
        _tokens.Advance();
        _tokens.ExpectEndOfStatement();
    }

    private string OpenedAt(Token token)
    {
        (int line, int column) = _source.Locate(token.Offset);
        return System.FormattableString.Invariant($" at ({line},{column})");
    }
}
