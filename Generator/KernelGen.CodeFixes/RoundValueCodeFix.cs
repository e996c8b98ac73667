using System.Composition;
using KernelGen.Generator.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;

namespace KernelGen.CodeFixes;

/// <summary>KGEN0002 and KGEN0005: rounds a head dim or slice size up to the next supported one.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(RoundValueCodeFix))]
[Shared]
public sealed class RoundValueCodeFix() : SliceAttentionCodeFix("Round up to the next supported value", "KGEN0002", "KGEN0005")
{
    private protected override bool CanFix(SyntaxNode root, Diagnostic diagnostic) => ArrayElements.Find(root, diagnostic) is not null;

    private protected override SyntaxNode Fix(SyntaxNode root, SemanticModel model, ImmutableArray<Diagnostic> diagnostics)
    {
        var replacements = new Dictionary<SyntaxNode, SyntaxNode>();
        foreach (Diagnostic diagnostic in diagnostics)
        {
            SyntaxNode element = ArrayElements.Find(root, diagnostic)!;
            if (ArrayElements.ValueOf(element, model) is not { } value)
                continue;
            int rounded = diagnostic.Id == "KGEN0002"
                ? SliceAttentionRules.NearestHeadDim(value)
                : SliceAttentionRules.NearestSliceRows(value);
            replacements[element] = ArrayElements.WithValue(element, rounded);
        }

        return root.ReplaceNodes(replacements.Keys, (original, _) => replacements[original]);
    }
}
