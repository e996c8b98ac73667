using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace KernelGen.CodeFixes;

/// <summary>KGEN0001: makes the type partial.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(MakePartialCodeFix))]
[Shared]
public sealed class MakePartialCodeFix() : SliceAttentionCodeFix("Make the type partial", "KGEN0001")
{
    private protected override bool CanFix(SyntaxNode root, Diagnostic diagnostic) => Find(root, diagnostic) is not null;

    private protected override SyntaxNode Fix(SyntaxNode root, SemanticModel model, ImmutableArray<Diagnostic> diagnostics) =>
        root.ReplaceNodes(
            diagnostics.Select(diagnostic => Find(root, diagnostic)!).Distinct(),
            (_, declaration) => MakePartial(declaration));

    private static TypeDeclarationSyntax? Find(SyntaxNode root, Diagnostic diagnostic) =>
        root.FindToken(diagnostic.Location.SourceSpan.Start).Parent as TypeDeclarationSyntax;

    // 'partial' is the last modifier, and takes over what stood before the keyword when it is the only one.
    private static TypeDeclarationSyntax MakePartial(TypeDeclarationSyntax declaration)
    {
        SyntaxToken partial = SyntaxFactory.Token(SyntaxKind.PartialKeyword).WithTrailingTrivia(SyntaxFactory.Space);
        if (declaration.Modifiers.Count == 0)
        {
            partial = partial.WithLeadingTrivia(declaration.Keyword.LeadingTrivia);
            declaration = declaration.WithKeyword(declaration.Keyword.WithLeadingTrivia());
        }

        return declaration.WithModifiers(declaration.Modifiers.Add(partial));
    }
}
