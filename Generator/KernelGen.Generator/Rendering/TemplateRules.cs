using Scriban.Parsing;
using Scriban.Syntax;

namespace KernelGen.Generator.Rendering;

/// <summary>
/// What of Scriban templates may use: all that can be held to types and bounds. Left out are ways around them (names that are looked up in
/// objects, values that are nothing, texts that grow unseen) and what a template without builtin functions has no use for.
/// </summary>
internal static class TemplateRules
{
    private const string NotAvailable = "not available in kernel templates";
    private static readonly HashSet<string> _loopMembers =
        new(StringComparer.Ordinal) { "index", "first", "last", "even", "odd", "changed" };

    private static readonly HashSet<ScriptBinaryOperator> _operators =
    [
        ScriptBinaryOperator.Add, ScriptBinaryOperator.Subtract, ScriptBinaryOperator.Multiply,
        ScriptBinaryOperator.DivideRound, ScriptBinaryOperator.Modulus,
        ScriptBinaryOperator.ShiftLeft, ScriptBinaryOperator.ShiftRight, ScriptBinaryOperator.BinaryAnd, ScriptBinaryOperator.BinaryOr,
        ScriptBinaryOperator.CompareEqual, ScriptBinaryOperator.CompareNotEqual,
        ScriptBinaryOperator.CompareLess, ScriptBinaryOperator.CompareLessOrEqual,
        ScriptBinaryOperator.CompareGreater, ScriptBinaryOperator.CompareGreaterOrEqual, ScriptBinaryOperator.And, ScriptBinaryOperator.Or,
        ScriptBinaryOperator.RangeInclude, ScriptBinaryOperator.RangeExclude,
    ];

    /// <summary>Checks a template.</summary>
    public static void Check(string name, ScriptPage page)
    {
        ScriptEscapeStatement? code = null;
        ScriptEscapeStatement? raw = null;
        foreach (ScriptNode node in Walk(page))
        {
            if (Fault(node) is { } fault)
                throw TemplateException.At(name, PlaceOf(node), fault);
            if (node is ScriptEscapeStatement { EscapeCount: 0 } codeMark && IsLater(codeMark, code))
                code = codeMark;
            if (node is ScriptEscapeStatement { EscapeCount: > 0 } rawMark && IsLater(rawMark, raw))
                raw = rawMark;
        }

        // Scriban takes the end of the file for the end of both.
        if (code is { IsEntering: true })
            throw TemplateException.At(name, code.Span, "the code block is not closed; '}}' is missing");
        if (raw is { IsEntering: true })
            throw TemplateException.At(name, raw.Span, "the raw block is not closed; '}%}' is missing");
    }

    /// <summary>The last block without an <c>end</c>, in a template that Scriban found one missing in.</summary>
    public static ScriptNode? FindUnclosed(ScriptPage page)
    {
        ScriptNode? owner = Walk(page)
            .OfType<ScriptBlockStatement>()
            .Where(static block => block.Parent is not (null or ScriptPage or ScriptIfStatement { Else: not null })
                && block.Statements.LastOrDefault() is not ScriptEndStatement)
            .Select(static block => block.Parent)
            .LastOrDefault();
        while (owner is { Parent: ScriptIfStatement chain })
            owner = chain;
        return owner;
    }

    /// <summary>The word that a block starts with.</summary>
    public static string KeywordOf(ScriptNode block) => block switch
    {
        ScriptIfStatement => "if",
        ScriptForStatement => "for",
        ScriptWhileStatement => "while",
        ScriptCaptureStatement => "capture",
        ScriptFunction => "func",
        _ => "block",
    };

    private static IEnumerable<ScriptNode> Walk(ScriptNode root)
    {
        var open = new Stack<ScriptNode>();
        open.Push(root);
        while (open.Count > 0)
        {
            ScriptNode node = open.Pop();
            yield return node;
            for (int i = node.ChildrenCount - 1; i >= 0; i--)
            {
                if (node.GetChildren(i) is { } child)
                    open.Push(child);
            }
        }
    }

    private static bool IsLater(ScriptNode node, ScriptNode? than) => than is null || node.Span.Start.Offset > than.Span.Start.Offset;

    private static SourceSpan PlaceOf(ScriptNode node) => node switch
    {
        ScriptBinaryExpression { OperatorToken: { } token } => token.Span,
        ScriptAssignExpression assignment => assignment.EqualToken.Span,
        ScriptPipeCall pipe => pipe.PipeToken!.Span,
        _ => node.Span,
    };

    private static string? Fault(ScriptNode node)
    {
        switch (node)
        {
            case ScriptPage or ScriptBlockStatement or ScriptRawStatement
                or ScriptEscapeStatement or ScriptNopStatement or ScriptEndStatement:
            case ScriptIfStatement or ScriptElseStatement or ScriptWhileStatement or ScriptBreakStatement or ScriptContinueStatement:
            case ScriptExpressionStatement or ScriptConditionalExpression or ScriptNestedExpression or ScriptArrayInitializerExpression:
            case ScriptParameter or ScriptVerbatim or ScriptList:
                return null;
            case ScriptTableRowStatement:
                return $"'tablerow' is {NotAvailable}";
            case ScriptForStatement loop:
                return FaultOf(loop);
            case ScriptLiteral literal:
                return literal.Value is int or long or bool or string
                    ? null
                    : "only integers of 64 bits, strings, 'true' and 'false' can be written down in kernel templates";
            case ScriptCaptureStatement capture:
                return capture.Target is ScriptVariableGlobal ? null : "'capture' needs a name to assign to";
            case ScriptAssignExpression assignment:
                return FaultOf(assignment);
            case ScriptFunction function:
                return function is { IsAnonymous: false, HasParameters: true }
                    ? null
                    : "a function of a kernel template has a name and parameters in parentheses: func name(a, b)";
            case ScriptReturnStatement:
                return IsInFunction(node) ? null : "'ret' is used outside a function";
            case ScriptFunctionCall call:
                return call.Target is ScriptVariableGlobal
                    ? null
                    : "only functions can be called; is an operator, a ';' or a new line missing?";
            case ScriptIncrementDecrementExpression:
                return $"'++' and '--' are {NotAvailable}; write x = x + 1";
            case ScriptUnaryExpression unary:
                return unary.Operator is ScriptUnaryOperator.Not or ScriptUnaryOperator.Negate
                    ? null
                    : $"'{unary.OperatorAsText}' is {NotAvailable}";
            case ScriptBinaryExpression { Operator: ScriptBinaryOperator.Divide }:
                return "'/' gives a fraction in Scriban; write '//' for integer division";
            case ScriptBinaryExpression binary:
                return _operators.Contains(binary.Operator) ? null : $"'{binary.OperatorAsText}' is {NotAvailable}";
            case ScriptIsEmptyExpression:
                return $"'.empty?' is {NotAvailable}";
            case ScriptMemberExpression member:
                return FaultOf(member);
            case ScriptIndexerExpression indexer:
                return FaultOfChain(indexer);
            case ScriptVariableGlobal variable:
                return FaultOf(variable);
            default:
                return $"{Describe(node)} is {NotAvailable}";
        }
    }

    private static string? FaultOf(ScriptForStatement loop)
    {
        if (loop.Variable is not ScriptVariableGlobal)
            return "a loop needs a name for its variable";

        // Scriban goes through what they skip uncounted.
        return loop.NamedArguments.Count > 0
            ? $"'{loop.NamedArguments[0].Name}' is {NotAvailable}; loop over a range or a list as it is"
            : null;
    }

    private static string? FaultOf(ScriptAssignExpression assignment)
    {
        if (assignment.EqualToken.TokenType != TokenType.Equal)
            return $"'{assignment.EqualToken.Value}' is {NotAvailable}; write x = x + 1";
        return assignment.Target is ScriptVariableGlobal ? null : "only names can be assigned to; objects and lists are read";
    }

    private static string? FaultOf(ScriptMemberExpression member)
    {
        if (member.DotToken.TokenType == TokenType.QuestionDot)
            return $"'?.' is {NotAvailable}; an unknown member is an error";

        // Scriban counts the length of a range element by element, outside all limits.
        if (IsLoop(member.Target) && !_loopMembers.Contains(member.Member!.Name))
            return $"unknown member '{member.Member.Name}'; a loop has 'index', 'first', 'last', 'even', 'odd' and 'changed'";
        return FaultOfChain(member);
    }

    private static string? FaultOf(ScriptVariableGlobal variable) => variable.Name switch
    {
        "for" when variable.Parent is not ScriptMemberExpression => "'for' is no value; read its members, such as 'for.index'",
        "while" or "tablerow" or "continue" => $"'{variable.Name}' is {NotAvailable} as a name",
        _ => null,
    };

    private static string? FaultOfChain(ScriptExpression last)
    {
        int accesses = 0;
        for (ScriptExpression? node = last; node is ScriptMemberExpression or ScriptIndexerExpression; accesses++)
            node = node is ScriptMemberExpression member ? member.Target : ((ScriptIndexerExpression)node).Target;
        return accesses > TemplateLimits.Accesses
            ? Invariant($"more than {TemplateLimits.Accesses} members and indices in a row; assign parts of them to names")
            : null;
    }

    private static bool IsInFunction(ScriptNode node)
    {
        ScriptNode? owner = node.Parent;
        while (owner is not (null or ScriptFunction))
            owner = owner.Parent;
        return owner is not null;
    }

    private static bool IsLoop(ScriptExpression? expression) => expression is ScriptVariableGlobal { Name: "for" };

    private static string Describe(ScriptNode node) => node switch
    {
        ScriptVariableLocal local => $"'{local.Name}'",
        ScriptPipeCall => "a pipe",
        ScriptCaseStatement or ScriptWhenStatement => "'case'",
        ScriptImportStatement => "'import'",
        ScriptReadOnlyStatement => "'readonly'",
        ScriptWithStatement => "'with'",
        ScriptWrapStatement => "'wrap'",
        ScriptThisExpression => "'this'",
        ScriptNamedArgument => "a named argument",
        ScriptInterpolatedStringExpression or ScriptInterpolatedExpression => "an interpolated string",
        ScriptObjectInitializerExpression => "an object in braces",
        ScriptAnonymousFunction => "a function without a name",
        _ => "this part of Scriban",
    };
}
