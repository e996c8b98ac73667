using KernelGen.Generator.Rendering.Syntax;

namespace KernelGen.Generator.Rendering;

/// <summary>Parses expressions, with Scriban's precedence.</summary>
internal sealed class ExpressionParser
{
    // Scriban itself stops at 250; both bounds keep a hostile template from using up the compiler's stack.
    private const int MaximumDepth = 64;
    private const int MaximumOperators = 200;

    private readonly TemplateSource _source;
    private readonly TokenReader _tokens;
    private int _depth;

    /// <summary>Makes a parser that reads from the given tokens.</summary>
    public ExpressionParser(TemplateSource source, TokenReader tokens)
    {
        _source = source;
        _tokens = tokens;
    }

    /// <summary>Parses an expression.</summary>
    public Expression Parse() => ParseBinary(0);

    /// <summary>Parses what a <c>for</c> iterates over: <c>a..b</c>, <c>a..&lt;b</c> or a list.</summary>
    public Expression ParseRangeOrList()
    {
        Expression first = ParseUnary();
        RejectLooserOperator();
        Token range = _tokens.Current;
        if (!range.IsSymbol("..") && !range.IsSymbol("..<"))
            return first;
        _tokens.Advance();
        Expression last = ParseUnary();
        RejectLooserOperator();
        return new RangeExpression(first, last, range);
    }

    /// <summary>Parses a literal, a name with its members and indices, or an expression in parentheses.</summary>
    public Expression ParsePrimary()
    {
        Token token = _tokens.Current;
        switch (token.Kind)
        {
            case TokenKind.Integer:
                return new LiteralExpression(_tokens.Advance().Offset, token.Integer);
            case TokenKind.String:
                return new LiteralExpression(_tokens.Advance().Offset, token.Text);
            case TokenKind.Name:
                return ParseName();
            case TokenKind.Symbol when token.Text == "(":
                _tokens.Advance();
                Enter(token);
                Expression inner = ParseBinary(0);
                _depth--;
                _tokens.ExpectSymbol(")");
                return inner;
            default:
                throw _source.Error(token.Offset, $"expected an expression, found {token.Describe()}");
        }
    }

    private static int PrecedenceOf(Token token)
    {
        if (token.Kind != TokenKind.Symbol)
            return 0;
        return token.Text switch
        {
            "||" => 30,
            "&&" => 40,
            "==" or "!=" => 70,
            "<" or "<=" or ">" or ">=" => 80,
            "+" or "-" => 100,
            "*" or "//" or "%" => 110,
            _ => 0,
        };
    }

    private Expression ParseBinary(int precedence)
    {
        Expression left = ParseUnary();
        int operators = 0;
        while (true)
        {
            Token token = _tokens.Current;
            int tokenPrecedence = PrecedenceOf(token);
            if (tokenPrecedence <= precedence)
                return left;
            if (++operators > MaximumOperators)
                throw _source.Error(token.Offset, $"more than {MaximumOperators} operators in one expression; assign parts of it to names");
            _tokens.Advance();
            left = new BinaryExpression(left, token, ParseBinary(tokenPrecedence));
        }
    }

    private Expression ParseUnary()
    {
        Token token = _tokens.Current;
        if (!token.IsSymbol("-") && !token.IsSymbol("!"))
            return ParsePrimary();
        _tokens.Advance();
        Enter(token);
        Expression operand = ParseUnary();
        _depth--;
        return new UnaryExpression(token, operand);
    }

    private Expression ParseName()
    {
        Token token = _tokens.Advance();
        if (token.Text is "true" or "false")
            return new LiteralExpression(token.Offset, token.Text == "true");
        if (token.Text == "for")
            return ParseLoopState(token);
        if (TemplateNames.IsReserved(token.Text))
            throw _source.Error(token.Offset, $"'{token.Text}' is reserved by Scriban and not in the supported subset");

        Expression expression = new NameExpression(token);
        while (true)
        {
            Token next = _tokens.Current;
            if (next.IsSymbol("."))
            {
                _tokens.Advance();
                if (_tokens.Current.Kind != TokenKind.Name)
                    throw _source.Error(_tokens.Current.Offset, $"expected a member name after '.', found {_tokens.Current.Describe()}");
                expression = new MemberExpression(expression, _tokens.Advance());
            }
            else if (next.IsSymbol("[") && !char.IsWhiteSpace(_source.Text[next.Offset - 1]))
            {
                // After white space Scriban reads '[' as the start of an array argument.
                _tokens.Advance();
                Enter(next);
                Expression index = ParseBinary(0);
                _depth--;
                _tokens.ExpectSymbol("]");
                expression = new IndexExpression(expression, index);
            }
            else
            {
                return expression;
            }
        }
    }

    private LoopStateExpression ParseLoopState(Token keyword)
    {
        _tokens.ExpectSymbol(".");
        Token member = _tokens.Current;
        if (member.Kind != TokenKind.Name || member.Text is not ("index" or "first" or "last"))
            throw _source.Error(member.Offset, $"expected for.index, for.first or for.last, found {member.Describe()}");
        return new LoopStateExpression(keyword.Offset, _tokens.Advance().Text);
    }

    private void RejectLooserOperator()
    {
        Token token = _tokens.Current;
        if (PrecedenceOf(token) != 0)
            throw _source.Error(token.Offset, $"'..' binds tighter than '{token.Text}'; put the bound of the range in parentheses");
    }

    private void Enter(Token token)
    {
        if (++_depth > MaximumDepth)
            throw _source.Error(token.Offset, $"the expression is nested more than {MaximumDepth} deep; assign parts of it to names");
    }
}
