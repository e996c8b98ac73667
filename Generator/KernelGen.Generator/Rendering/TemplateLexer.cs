using System.Collections.Generic;
using System.Globalization;

namespace KernelGen.Generator.Rendering;

/// <summary>Splits a template into output text and the tokens of its code blocks.</summary>
internal sealed class TemplateLexer
{
    // Longest first, so that the first match is the right one.
    private static readonly string[] _symbols =
        ["..<", "..", "//", "==", "!=", "<=", ">=", "&&", "||", "=", "<", ">", "+", "-", "*", "%", "!", ".", "(", ")", "[", "]"];

    // Operators of Scriban outside the subset whose first characters would otherwise be read as one inside it.
    private static readonly string[] _unsupported =
        ["...", "//=", "++", "--", "+=", "-=", "*=", "/=", "%=", "<<", ">>", "??", "?.", "?!", "|>"];

    private readonly TemplateSource _source;
    private readonly string _text;
    private readonly List<Token> _tokens = [];
    private int _position;

    /// <summary>Makes a lexer for one template.</summary>
    public TemplateLexer(TemplateSource source)
    {
        _source = source;
        _text = source.Text;
    }

    /// <summary>All tokens; the last one is <see cref="TokenKind.EndOfTemplate"/>.</summary>
    /// <exception cref="TemplateException">A code or raw block is not closed, or holds something outside the subset.</exception>
    public List<Token> Tokenize()
    {
        char trimAfter = '\0';
        while (_position < _text.Length)
        {
            int start = _position;
            int enter = FindEnter(start, out int percents);
            int enterEnd = enter + percents + 2;
            char trimBefore = ModeAt(enterEnd);
            AddText(start, enter, trimAfter, trimBefore);
            if (enter == _text.Length)
                break;
            _position = trimBefore == '\0' ? enterEnd : enterEnd + 1;
            trimAfter = percents == 0 ? ReadCode(enter) : ReadRaw(enter, percents);
        }

        _tokens.Add(new Token(TokenKind.EndOfTemplate, _text.Length, ""));
        return _tokens;
    }

    private char At(int index) => index < _text.Length ? _text[index] : '\0';

    private char ModeAt(int index) => At(index) is '-' or '~' ? At(index) : '\0';

    // A block is entered by '{{', or by '{%{' with any number of '%' for a raw one.
    private int FindEnter(int start, out int percents)
    {
        for (int i = _text.IndexOf('{', start); i >= 0; i = _text.IndexOf('{', i + 1))
        {
            percents = 0;
            while (At(i + 1 + percents) == '%')
                percents++;
            if (At(i + 1 + percents) == '{')
                return i;
        }

        percents = 0;
        return _text.Length;
    }

    // '-' strips all white space on its side; '~' strips it on its own line only, after a block including the line end.
    private void AddText(int start, int end, char trimAfter, char trimBefore)
    {
        if (trimAfter != '\0')
        {
            while (start < end && char.IsWhiteSpace(_text[start]))
            {
                start++;
                if (trimAfter == '~' && _text[start - 1] == '\n')
                    break;
            }
        }

        if (trimBefore != '\0')
        {
            while (end > start && char.IsWhiteSpace(_text[end - 1]) && !(trimBefore == '~' && _text[end - 1] == '\n'))
                end--;
        }

        if (end > start)
            _tokens.Add(new Token(TokenKind.Text, start, _text.Substring(start, end - start)));
    }

    private char ReadRaw(int enter, int percents)
    {
        string exit = "}" + new string('%', percents) + "}";
        int end = _text.IndexOf(exit, _position, System.StringComparison.Ordinal);
        if (end < 0)
            throw _source.Error(enter, $"the raw block is not closed; '{exit}' is missing");
        char mode = end > _position && _text[end - 1] is '-' or '~' ? _text[end - 1] : '\0';
        AddText(_position, mode == '\0' ? end : end - 1, '\0', '\0');
        _position = end + exit.Length;
        return mode;
    }

    private char ReadCode(int enter)
    {
        while (true)
        {
            char c = At(_position);
            if (IsExit(_position))
            {
                char mode = ModeAt(_position);
                _tokens.Add(new Token(TokenKind.EndOfStatement, _position, ""));
                _position += mode == '\0' ? 2 : 3;
                return mode;
            }

            if (_position >= _text.Length)
                throw _source.Error(enter, "the code block is not closed; '}}' is missing");

            if (c is '\n' or ';')
                _tokens.Add(new Token(TokenKind.EndOfStatement, _position++, ""));
            else if (char.IsWhiteSpace(c))
                _position++;
            else if (c == '#')
                SkipComment();
            else if (TemplateNames.IsNameStart(c))
                ReadName();
            else if (TemplateNames.IsDigit(c))
                ReadInteger();
            else if (c is '"' or '\'')
                ReadString(c);
            else
                ReadSymbol(enter);
        }
    }

    private bool IsExit(int index)
    {
        if (ModeAt(index) != '\0')
            index++;
        return At(index) == '}' && At(index + 1) == '}';
    }

    // '#' reaches to the end of the line, '##' to the next '##'; the end of the code block ends both.
    private void SkipComment()
    {
        bool isBlock = At(_position + 1) == '#';
        _position += isBlock ? 2 : 1;
        while (_position < _text.Length && !IsExit(_position))
        {
            if (!isBlock && _text[_position] == '\n')
                return;
            if (isBlock && _text[_position] == '#' && At(_position + 1) == '#')
            {
                _position += 2;
                return;
            }

            _position++;
        }
    }

    private void ReadName()
    {
        int start = _position;
        while (TemplateNames.IsNamePart(At(_position)))
            _position++;
        _tokens.Add(new Token(TokenKind.Name, start, _text.Substring(start, _position - start)));
    }

    private void ReadInteger()
    {
        int start = _position;
        while (TemplateNames.IsDigit(At(_position)))
            _position++;
        char next = At(_position);
        if (TemplateNames.IsNameStart(next) || (next == '.' && At(_position + 1) != '.'))
            throw _source.Error(start, "only decimal integers are supported");

        string digits = _text.Substring(start, _position - start);
        if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long value))
            throw _source.Error(start, $"the integer {digits} does not fit in 64 bits");
        _tokens.Add(new Token(TokenKind.Integer, start, digits, value));
    }

    private void ReadString(char quote)
    {
        int start = _position++;
        var value = new System.Text.StringBuilder();
        while (At(_position) != quote)
        {
            if (_position >= _text.Length || _text[_position] == '\n')
                throw _source.Error(start, $"the string is not closed; {quote} is missing before the end of the line");
            if (_text[_position] == '\\')
                value.Append(ReadEscape());
            else
                value.Append(_text[_position++]);
        }

        _position++;
        _tokens.Add(new Token(TokenKind.String, start, value.ToString()));
    }

    private char ReadEscape()
    {
        int start = _position;
        char c = At(start + 1);
        _position += 2;
        switch (c)
        {
            case '\'' or '"' or '\\': return c;
            case '0': return '\0';
            case 'b': return '\b';
            case 'f': return '\f';
            case 'n': return '\n';
            case 'r': return '\r';
            case 't': return '\t';
            case 'v': return '\v';
            case 'u' or 'x':
                int digits = c == 'u' ? 4 : 2;
                if (_position + digits <= _text.Length
                    && int.TryParse(_text.Substring(_position, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int code)
                    && !char.IsSurrogate((char)code))
                {
                    _position += digits;
                    return (char)code;
                }

                break;
        }

        throw _source.Error(start, "unknown escape; a string knows \\0 \\' \\\" \\\\ \\b \\f \\n \\r \\t \\v, \\u with four and \\x with two hex digits");
    }

    private void ReadSymbol(int enter)
    {
        foreach (string symbol in _unsupported)
        {
            if (Matches(symbol))
                throw _source.Error(_position, $"the operator '{symbol}' is not in the supported subset");
        }

        foreach (string symbol in _symbols)
        {
            if (Matches(symbol))
            {
                _tokens.Add(new Token(TokenKind.Symbol, _position, symbol));
                _position += symbol.Length;
                return;
            }
        }

        char c = _text[_position];
        string description = c switch
        {
            '/' => "'/' gives a fraction in Scriban; write '//' for integer division",
            '|' => "pipes and functions are not in the supported subset",
            '{' => Matches("{{")
                ? "'{{' inside a code block; is the '}}' of the block before it missing?"
                : "'{' inside a code block; to write '{{' as text use '{ {' or a raw block '{%{ ... }%}'",
            _ => $"unexpected character '{c}'",
        };

        // A third brace right after '{{' is the one a person who writes C initialisers needs explained at the start of the block.
        throw _source.Error(c == '{' && _position == enter + 2 ? enter : _position, description);
    }

    private bool Matches(string symbol) => string.CompareOrdinal(_text, _position, symbol, 0, symbol.Length) == 0;
}
