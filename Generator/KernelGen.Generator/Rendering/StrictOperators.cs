using System.Globalization;
using Scriban.Parsing;
using Scriban.Runtime;
using Scriban.Syntax;

namespace KernelGen.Generator.Rendering;

/// <summary>
/// Scriban's operators for operands that mean something. Scriban itself compares <c>'40'</c> with <c>40</c>, turns <c>true + 1</c> into a
/// number and counts down from 0 to -1: each of them a kernel that is wrong without a word.
/// </summary>
internal static class StrictOperators
{
    /// <summary>Evaluates an expression with two operands that are both needed.</summary>
    public static object Evaluate(RenderContext context, ScriptBinaryExpression expression)
    {
        object? left = context.Evaluate(expression.Left!);
        object? right = context.Evaluate(expression.Right!);
        SourceSpan span = expression.OperatorToken?.Span ?? expression.Span;
        switch (expression.Operator)
        {
            case ScriptBinaryOperator.Add when (left, right) is (string, string or int or long) or (int or long, string):
                return Join(context, span, TextOf(left), TextOf(right));
            case ScriptBinaryOperator.CompareEqual or ScriptBinaryOperator.CompareNotEqual:
                return AreEqual(context, expression, span, left, right) == (expression.Operator == ScriptBinaryOperator.CompareEqual);
            case ScriptBinaryOperator.DivideRound or ScriptBinaryOperator.Modulus:
                CheckDivision(expression, span, left, right);
                break;
            case ScriptBinaryOperator.RangeInclude or ScriptBinaryOperator.RangeExclude:
                CheckRange(expression, span, left, right);
                break;
        }

        if (left is not (int or long) || right is not (int or long))
            throw Mismatch(expression, span, left, right);
        object? result = ScriptBinaryExpression.Evaluate(context, span, expression.Operator, left, right);
        return result is int or long or bool or ScriptRange
            ? result
            : throw new ScriptRuntimeException(
                span, Invariant($"the result of {left} {expression.OperatorAsText} {right} does not fit in 64 bits"));
    }

    public static object Negate(RenderContext context, ScriptUnaryExpression expression) => context.Evaluate(expression.Right!) switch
    {
        // Scriban's own minus overflows silently.
        int value => value == int.MinValue ? -(long)value : -value,
        long and not long.MinValue and long value => -value,
        long => throw new ScriptRuntimeException(expression.Span, "the result of '-' does not fit in 64 bits"),
        var other => throw new ScriptRuntimeException(
            expression.Right!.Span, $"the operand of '-' must be an integer, this is {KindOf(other)}"),
    };

    /// <summary>The type of a value as a message says it.</summary>
    public static string KindOf(object? value) => value switch
    {
        null => "nothing",
        int or long => "an integer",
        bool => "a boolean",
        string => "a string",
        ScriptRange => "a range",
        ScriptArray => "a list",
        IScriptCustomFunction => "a function",
        _ => "an object",
    };

    /// <summary>A fault: a string that is longer than a template needs.</summary>
    public static ScriptRuntimeException TooLong(SourceSpan span) =>
        new(span, Invariant($"a string is longer than {TemplateLimits.StringLength} characters"));

    private static string Join(RenderContext context, SourceSpan span, string left, string right)
    {
        if (left.Length + right.Length > TemplateLimits.StringLength)
            throw TooLong(span);
        context.Count(left.Length + right.Length, span);
        return left + right;
    }

    private static bool AreEqual(RenderContext context, ScriptBinaryExpression expression, SourceSpan span, object? left, object? right)
    {
        switch (left, right)
        {
            case (int or long, int or long):
                return Convert.ToInt64(left, CultureInfo.InvariantCulture) == Convert.ToInt64(right, CultureInfo.InvariantCulture);
            case (bool first, bool second):
                return first == second;
            case (string first, string second):
                context.Count(first.Length, span);
                return first == second;
            default:
                throw Mismatch(expression, span, left, right);
        }
    }

    // Scriban rounds -7 // 2 towards zero, where an index would want the floor.
    private static void CheckDivision(ScriptBinaryExpression expression, SourceSpan span, object? left, object? right)
    {
        if (left is not (int or long) || right is not (int or long))
            return;
        if (right is 0 or 0L)
            throw new ScriptRuntimeException(span, $"'{expression.OperatorAsText}' by zero");
        if (left is < 0 or < 0L || right is < 0 or < 0L)
            throw new ScriptRuntimeException(
                span,
                $"'{expression.OperatorAsText}' is only defined for operands that are not negative, "
                + Invariant($"these are {left} and {right}"));
    }

    private static void CheckRange(ScriptBinaryExpression expression, SourceSpan span, object? left, object? right)
    {
        foreach ((object? bound, ScriptExpression? place) in new[] { (left, expression.Left), (right, expression.Right) })
        {
            if (bound is not (int or long))
                throw new ScriptRuntimeException(place!.Span, $"the bound of a range must be an integer, this is {KindOf(bound)}");
        }

        if (Convert.ToInt64(left, CultureInfo.InvariantCulture) > Convert.ToInt64(right, CultureInfo.InvariantCulture))
            throw new ScriptRuntimeException(
                span, Invariant($"the range {left}{expression.OperatorAsText}{right} runs backwards; for an empty one write a..<a"));
    }

    private static string TextOf(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture)!;

    private static ScriptRuntimeException Mismatch(ScriptBinaryExpression expression, SourceSpan span, object? left, object? right) =>
        new(span, $"'{expression.OperatorAsText}' is not defined between {KindOf(left)} and {KindOf(right)}");
}
