using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace KernelGen.CodeFixes;

/// <summary>A fix that changes one document; one fault and all of them take the same way.</summary>
public abstract class SliceAttentionCodeFix : CodeFixProvider
{
    private readonly string _title;

    private protected SliceAttentionCodeFix(string title, params string[] diagnosticIds)
    {
        _title = title;
        FixableDiagnosticIds = diagnosticIds.ToImmutableArray();
    }

    public sealed override ImmutableArray<string> FixableDiagnosticIds { get; }

    public sealed override FixAllProvider GetFixAllProvider() => FixAllProvider.Create(async (context, document, diagnostics) =>
        diagnostics.IsEmpty ? document : await FixAsync(document, diagnostics, context.CancellationToken).ConfigureAwait(false));

    public sealed override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        SyntaxNode root = (await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false))!;
        foreach (Diagnostic diagnostic in context.Diagnostics)
        {
            if (!CanFix(root, diagnostic))
                continue;
            context.RegisterCodeFix(
                CodeAction.Create(_title, cancellation => FixAsync(context.Document, [diagnostic], cancellation), GetType().Name),
                diagnostic);
        }
    }

    /// <summary>True for a fault that this fix can mend.</summary>
    private protected abstract bool CanFix(SyntaxNode root, Diagnostic diagnostic);

    /// <summary>The document's tree without the given faults.</summary>
    private protected abstract SyntaxNode Fix(SyntaxNode root, SemanticModel model, ImmutableArray<Diagnostic> diagnostics);

    private async Task<Document> FixAsync(Document document, ImmutableArray<Diagnostic> diagnostics, CancellationToken cancellationToken)
    {
        SyntaxNode root = (await document.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false))!;
        SemanticModel model = (await document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false))!;
        ImmutableArray<Diagnostic> fixable = diagnostics.RemoveAll(diagnostic => !CanFix(root, diagnostic));
        return document.WithSyntaxRoot(Fix(root, model, fixable));
    }
}
