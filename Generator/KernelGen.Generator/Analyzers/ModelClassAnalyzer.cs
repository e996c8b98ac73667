using KernelGen.Generator.Discovery;
using KernelGen.Generator.Emission;
using KernelGen.Generator.Kernels;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace KernelGen.Generator.Analyzers;

/// <summary>What a class is or has that keeps the generator from adding to it: KGEN0001, 0008, 0011.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ModelClassAnalyzer()
    : SliceAttentionAnalyzer(
        DiagnosticDescriptors.ClassNotPartial, DiagnosticDescriptors.UnsupportedClass, DiagnosticDescriptors.ConflictingMember)
{
    private protected override void Analyze(SymbolAnalysisContext context, INamedTypeSymbol type, IReadOnlyList<SliceAttentionUsage> usages)
    {
        foreach (BaseTypeDeclarationSyntax declaration in ModelClassRules.NonPartialDeclarations(type, context.CancellationToken))
            Report(
                context, DiagnosticDescriptors.ClassNotPartial, declaration.Identifier.GetLocation(),
                declaration.Identifier.ValueText, type.Name);

        if (ModelClassRules.FindObstacle(type, context.CancellationToken) is { } obstacle)
            Report(context, DiagnosticDescriptors.UnsupportedClass, obstacle.Location, type.Name, obstacle.Reason);

        ISet<string> emitted = EmittedMembers.Names(
            KernelDesigns.All, usages.Where(static usage => !usage.HasError).SelectMany(static usage => usage.Requests()));
        foreach ((Location location, string description) in ModelClassRules.ConflictingMembers(type, emitted, context.CancellationToken))
            Report(context, DiagnosticDescriptors.ConflictingMember, location, type.Name, description);
    }
}
