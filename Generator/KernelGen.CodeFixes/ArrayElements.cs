using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace KernelGen.CodeFixes;

/// <summary>Reads and rewrites the elements of <c>[...]</c>, <c>new[] {...}</c> and <c>new T[] {...}</c>.</summary>
internal static class ArrayElements
{
    /// <summary>The element at a diagnostic's span; null when the span is not exactly an element of an array argument.</summary>
    public static SyntaxNode? Find(SyntaxNode root, Diagnostic diagnostic)
    {
        SyntaxNode? node = root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true);
        for (; node is not null; node = node.Parent)
        {
            if (node.Span != diagnostic.Location.SourceSpan)
                return null;
            if (ArrayOf(node) is not null)
                return node;
        }

        return null;
    }

    /// <summary>The array expression that a node is an element of, if it is one.</summary>
    public static ExpressionSyntax? ArrayOf(SyntaxNode element) => element.Parent switch
    {
        CollectionExpressionSyntax collection => collection,
        InitializerExpressionSyntax { Parent: ImplicitArrayCreationExpressionSyntax array } => array,
        InitializerExpressionSyntax { Parent: ArrayCreationExpressionSyntax array } => array,
        _ => null,
    };

    /// <summary>The constant value of an element.</summary>
    public static int? ValueOf(SyntaxNode element, SemanticModel model)
    {
        SyntaxNode expression = element is ExpressionElementSyntax collectionElement ? collectionElement.Expression : element;
        return model.GetConstantValue(expression).Value as int?;
    }

    /// <summary>An element that spells the given number and keeps the space and comments around it.</summary>
    public static SyntaxNode WithValue(SyntaxNode element, int value)
    {
        ExpressionSyntax literal = SyntaxFactory.LiteralExpression(SyntaxKind.NumericLiteralExpression, SyntaxFactory.Literal(value));
        SyntaxNode replacement = element is ExpressionElementSyntax ? SyntaxFactory.ExpressionElement(literal) : literal;
        return replacement.WithTriviaFrom(element);
    }

    /// <summary>The array with some of its elements, in the given order; the places keep their space and line ends.</summary>
    public static ExpressionSyntax WithElements(ExpressionSyntax array, IReadOnlyList<SyntaxNode> elements) => array switch
    {
        CollectionExpressionSyntax collection => collection.WithElements(Arrange(collection.Elements, elements)),
        ImplicitArrayCreationExpressionSyntax implicitArray => implicitArray.WithInitializer(Arrange(implicitArray.Initializer, elements)),
        ArrayCreationExpressionSyntax creation =>
            WithMatchingSize(creation, elements.Count).WithInitializer(Arrange(creation.Initializer!, elements)),
        _ => array,
    };

    private static InitializerExpressionSyntax Arrange(InitializerExpressionSyntax initializer, IReadOnlyList<SyntaxNode> elements) =>
        initializer.WithExpressions(Arrange(initializer.Expressions, elements));

    private static SeparatedSyntaxList<T> Arrange<T>(SeparatedSyntaxList<T> places, IReadOnlyList<SyntaxNode> elements)
        where T : SyntaxNode
    {
        var nodes = new List<T>();
        for (int i = 0; i < elements.Count; i++)
        {
            T trailingPlace = i == elements.Count - 1 ? places[places.Count - 1] : places[i];
            nodes.Add((T)elements[i].WithLeadingTrivia(places[i].GetLeadingTrivia()).WithTrailingTrivia(trailingPlace.GetTrailingTrivia()));
        }

        List<SyntaxToken> separators = places.GetSeparators().ToList();
        List<SyntaxToken> kept = separators.Take(nodes.Count - 1).ToList();
        if (separators.Count == places.Count)
            kept.Add(separators[separators.Count - 1]);
        return SyntaxFactory.SeparatedList(nodes, kept);
    }

    // 'new int[3] { ... }' says the length a second time.
    private static ArrayCreationExpressionSyntax WithMatchingSize(ArrayCreationExpressionSyntax creation, int count)
    {
        ExpressionSyntax size = creation.Type.RankSpecifiers[0].Sizes[0];
        return size.IsKind(SyntaxKind.OmittedArraySizeExpression) ? creation : creation.ReplaceNode(size, WithValue(size, count));
    }
}
