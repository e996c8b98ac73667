using System.Composition;
using KernelGen.Generator.Discovery;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.CodeFixes;

namespace KernelGen.CodeFixes;

/// <summary>KGEN0004 and KGEN0006: lists head dims or slice sizes in ascending order, each once.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(SortValuesCodeFix))]
[Shared]
public sealed class SortValuesCodeFix() : SliceAttentionCodeFix("Sort and remove repetitions", "KGEN0004", "KGEN0006")
{
    private protected override bool CanFix(SyntaxNode root, Diagnostic diagnostic) => ArrayElements.Find(root, diagnostic) is not null;

    private protected override SyntaxNode Fix(SyntaxNode root, SemanticModel model, ImmutableArray<Diagnostic> diagnostics) =>
        root.ReplaceNodes(
            diagnostics.Select(diagnostic => ArrayElements.ArrayOf(ArrayElements.Find(root, diagnostic)!)!).Distinct(),
            (array, _) => Sort(array, model));

    private static ExpressionSyntax Sort(ExpressionSyntax array, SemanticModel model)
    {
        var elements = new SortedDictionary<int, SyntaxNode>();
        foreach (SyntaxNode element in AttributeArray.ElementsOf(array)!)
        {
            if (ArrayElements.ValueOf(element, model) is not { } value)
                return array;
            if (!elements.ContainsKey(value))
                elements.Add(value, element);
        }

        return ArrayElements.WithElements(array, elements.Values.ToList());
    }
}
