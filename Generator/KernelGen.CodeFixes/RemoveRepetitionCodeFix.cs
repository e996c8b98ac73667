using System.Composition;
using KernelGen.Generator.Analyzers;
using KernelGen.Generator.Discovery;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.CodeFixes;

namespace KernelGen.CodeFixes;

/// <summary>KGEN0007: removes an element type, family or target that is named before.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(RemoveRepetitionCodeFix))]
[Shared]
public sealed class RemoveRepetitionCodeFix() : SliceAttentionCodeFix("Remove the repetition", "KGEN0007")
{
    private protected override bool CanFix(SyntaxNode root, Diagnostic diagnostic) =>
        diagnostic.Properties.ContainsKey(ArgumentAnalyzer.RepeatProperty) && ArrayElements.Find(root, diagnostic) is not null;

    private protected override SyntaxNode Fix(SyntaxNode root, SemanticModel model, ImmutableArray<Diagnostic> diagnostics)
    {
        var removed = new HashSet<SyntaxNode>(diagnostics.Select(diagnostic => ArrayElements.Find(root, diagnostic)!));
        return root.ReplaceNodes(
            removed.Select(element => ArrayElements.ArrayOf(element)!).Distinct(),
            (array, _) => WithoutElements(array, removed));
    }

    private static ExpressionSyntax WithoutElements(ExpressionSyntax array, HashSet<SyntaxNode> removed) =>
        ArrayElements.WithElements(array, AttributeArray.ElementsOf(array)!.Where(element => !removed.Contains(element)).ToList());
}
