using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace KernelGen.Generator.Discovery;

/// <summary>An array argument of <c>[SliceAttention]</c>: its values, and where each of them stands.</summary>
internal sealed class AttributeArray(string name, IReadOnlyList<int> values, AttributeSyntax? attribute, ExpressionSyntax? expression)
{
    /// <summary>The name of the argument, such as <c>HeadDims</c>.</summary>
    public string Name => name;

    /// <summary>The values as written, enum values as their numbers; the attribute's defaults when it was not given.</summary>
    public IReadOnlyList<int> Values => values;

    /// <summary>The argument's expression, else the attribute.</summary>
    public Location Location => expression?.GetLocation() ?? attribute?.GetLocation() ?? Location.None;

    /// <returns>Null when the argument is not a valid constant, which the compiler reports.</returns>
    public static AttributeArray? Read(AttributeData data, AttributeSyntax? attribute, string name, IReadOnlyList<int> defaults)
    {
        ExpressionSyntax? expression = attribute?.ArgumentList?.Arguments
            .FirstOrDefault(argument => argument.NameEquals?.Name.Identifier.ValueText == name)?.Expression;
        foreach (KeyValuePair<string, TypedConstant> argument in data.NamedArguments)
        {
            if (argument.Key != name)
                continue;
            if (argument.Value.Kind != TypedConstantKind.Array)
                return null;
            if (argument.Value.IsNull)
                return new AttributeArray(name, [], attribute, expression);
            if (argument.Value.Values.Any(value => value.Value is not int))
                return null;
            return new AttributeArray(name, argument.Value.Values.Select(value => (int)value.Value!).ToList(), attribute, expression);
        }

        return expression is null ? new AttributeArray(name, defaults, attribute, null) : null;
    }

    /// <summary>The elements of <c>[...]</c>, <c>new[] {...}</c> or <c>new T[] {...}</c>; null for any other expression.</summary>
    public static IReadOnlyList<SyntaxNode>? ElementsOf(SyntaxNode expression) => expression switch
    {
        CollectionExpressionSyntax collection => collection.Elements,
        ImplicitArrayCreationExpressionSyntax array => array.Initializer.Expressions,
        ArrayCreationExpressionSyntax { Initializer: { } initializer } => initializer.Expressions,
        _ => null,
    };

    /// <summary>The location of a value: its element where there is one, else the argument, else the attribute.</summary>
    public Location LocationOf(int index) =>
        expression is not null && ElementsOf(expression) is { } elements && elements.Count == Values.Count
            ? elements[index].GetLocation()
            : Location;
}
