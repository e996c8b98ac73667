using System;
using System.Globalization;

namespace KernelGen.Generator.Rendering.Syntax;

/// <summary>Two operands and an operator between them.</summary>
internal sealed class BinaryExpression : Expression
{
    private readonly Expression _left;
    private readonly Expression _right;
    private readonly Token _symbol;

    /// <summary>Makes a binary operation.</summary>
    public BinaryExpression(Expression left, Token symbol, Expression right)
        : base(left.Offset)
    {
        _left = left;
        _right = right;
        _symbol = symbol;
    }

    /// <inheritdoc/>
    public override TemplateValue Evaluate(RenderContext context)
    {
        if (_symbol.Text is "&&" or "||")
            return EvaluateLogical(context);

        TemplateValue left = _left.Evaluate(context);
        TemplateValue right = _right.Evaluate(context);
        if (left.Kind == TemplateValueKind.Integer && right.Kind == TemplateValueKind.Integer)
            return EvaluateIntegers(context, left.Integer, right.Integer);
        if (_symbol.Text is "==" or "!=")
            return EvaluateEquality(context, left, right) == (_symbol.Text == "==");
        if (_symbol.Text == "+" && IsText(left, right))
            return TextOf(left) + TextOf(right);
        throw Mismatch(context, left, right);
    }

    private static bool IsText(TemplateValue left, TemplateValue right) =>
        left.Kind is TemplateValueKind.String or TemplateValueKind.Integer
        && right.Kind is TemplateValueKind.String or TemplateValueKind.Integer;

    private static string TextOf(TemplateValue value) =>
        value.Kind == TemplateValueKind.String ? value.String : value.Integer.ToString(CultureInfo.InvariantCulture);

    private TemplateValue EvaluateLogical(RenderContext context)
    {
        bool isAnd = _symbol.Text == "&&";
        string role = isAnd ? "an operand of '&&'" : "an operand of '||'";
        return _left.EvaluateBoolean(context, role) == isAnd ? _right.EvaluateBoolean(context, role) : !isAnd;
    }

    private bool EvaluateEquality(RenderContext context, TemplateValue left, TemplateValue right)
    {
        if (left.Kind == TemplateValueKind.Boolean && right.Kind == TemplateValueKind.Boolean)
            return left.Boolean == right.Boolean;
        if (left.Kind == TemplateValueKind.String && right.Kind == TemplateValueKind.String)
            return string.Equals(left.String, right.String, StringComparison.Ordinal);
        throw Mismatch(context, left, right);
    }

    private TemplateValue EvaluateIntegers(RenderContext context, long left, long right)
    {
        switch (_symbol.Text)
        {
            case "==": return left == right;
            case "!=": return left != right;
            case "<": return left < right;
            case "<=": return left <= right;
            case ">": return left > right;
            case ">=": return left >= right;
        }

        if (_symbol.Text is "//" or "%")
            return Divide(context, left, right);

        try
        {
            return checked(_symbol.Text switch
            {
                "+" => left + right,
                "-" => left - right,
                _ => left * right,
            });
        }
        catch (OverflowException)
        {
            throw context.Error(
                _symbol.Offset,
                string.Format(CultureInfo.InvariantCulture, "the result of {0} {1} {2} does not fit in 64 bits", left, _symbol.Text, right));
        }
    }

    // Languages disagree on the sign of a quotient and a remainder; no template needs to know which way Scriban goes.
    private TemplateValue Divide(RenderContext context, long left, long right)
    {
        if (right == 0)
            throw context.Error(_symbol.Offset, $"'{_symbol.Text}' by zero");
        if (left < 0 || right < 0)
        {
            throw context.Error(
                _symbol.Offset,
                string.Format(CultureInfo.InvariantCulture, "'{0}' is only defined for operands that are not negative, these are {1} and {2}", _symbol.Text, left, right));
        }

        return _symbol.Text == "//" ? left / right : left % right;
    }

    private TemplateException Mismatch(RenderContext context, TemplateValue left, TemplateValue right) =>
        context.Error(_symbol.Offset, $"'{_symbol.Text}' is not defined between {left.KindText} and {right.KindText}");
}
