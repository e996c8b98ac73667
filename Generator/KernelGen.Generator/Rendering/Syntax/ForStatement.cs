using System.Collections.Generic;

namespace KernelGen.Generator.Rendering.Syntax;

/// <summary><c>{{ for name in a..b }} ... {{ end }}</c>, also over <c>a..&lt;b</c> and over a list.</summary>
internal sealed class ForStatement : Statement
{
    private readonly Token _variable;
    private readonly Expression _items;
    private readonly Block _body;

    /// <summary>Makes a loop over a <see cref="RangeExpression"/> or a list.</summary>
    public ForStatement(Token variable, Expression items, Block body)
    {
        _variable = variable;
        _items = items;
        _body = body;
    }

    /// <inheritdoc/>
    public override void Render(RenderContext context)
    {
        if (_items is RangeExpression range)
        {
            (long first, long count) = range.EvaluateBounds(context);
            RenderRounds(context, first, count, list: null);
            return;
        }

        TemplateValue value = _items.Evaluate(context);
        if (value.Kind != TemplateValueKind.List)
            throw context.Error(_items.Offset, $"'for' needs a range or a list, this is {value.KindText}");
        RenderRounds(context, first: 0, value.List.Count, value.List);
    }

    private void RenderRounds(RenderContext context, long first, long count, IReadOnlyList<TemplateValue>? list)
    {
        RenderVariable? hidden = context.EnterLoop(_variable.Text, _variable.Offset);
        LoopState? outer = context.Loop;
        var loop = new LoopState { Count = count };
        for (long i = 0; i < count; i++)
        {
            context.ThrowIfCancelled();
            loop.Index = i;
            context.Loop = loop;
            context.SetLoopVariable(_variable.Text, list is null ? first + i : list[(int)i]);
            _body.Render(context);
        }

        context.Loop = outer;
        context.ExitLoop(_variable.Text, hidden);
    }
}
