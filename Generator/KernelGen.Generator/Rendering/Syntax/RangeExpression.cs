using System.Globalization;

namespace KernelGen.Generator.Rendering.Syntax;

/// <summary><c>first..last</c> or <c>first..&lt;end</c>, only to loop over.</summary>
internal sealed class RangeExpression : Expression
{
    // More rounds than any template unrolls; stops a wrong bound before it fills the memory.
    private const long MaximumCount = 1_000_000;

    private readonly Expression _first;
    private readonly Expression _last;
    private readonly Token _symbol;

    /// <summary>Makes a range.</summary>
    public RangeExpression(Expression first, Expression last, Token symbol)
        : base(first.Offset)
    {
        _first = first;
        _last = last;
        _symbol = symbol;
    }

    /// <summary>A range has no value of its own.</summary>
    public override TemplateValue Evaluate(RenderContext context) =>
        throw context.Error(_symbol.Offset, "a range can only be looped over");

    /// <summary>The first value and the number of values.</summary>
    public (long First, long Count) EvaluateBounds(RenderContext context)
    {
        long first = _first.EvaluateInteger(context, "the bound of a range");
        long last = _last.EvaluateInteger(context, "the bound of a range");
        if (last < first)
        {
            // Scriban would count downwards, which is never what a bound such as n - 1 with n = 0 means.
            throw context.Error(
                _symbol.Offset,
                string.Format(CultureInfo.InvariantCulture, "the range {0}{1}{2} runs backwards; for an empty one write a..<a", first, _symbol.Text, last));
        }

        // The difference of two 64-bit integers in order fits in 64 bits without a sign.
        ulong distance = unchecked((ulong)last - (ulong)first);
        if (distance >= MaximumCount)
        {
            throw context.Error(
                _symbol.Offset,
                string.Format(CultureInfo.InvariantCulture, "the range {0}{1}{2} has more than {3} values", first, _symbol.Text, last, MaximumCount));
        }

        return (first, (long)distance + (_symbol.Text == ".." ? 1 : 0));
    }
}
