using KernelGen.Generator.Discovery;
using KernelGen.Generator.Emission;
using KernelGen.Generator.Kernels;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace KernelGen.Generator.Analyzers;

/// <summary>Faults of a class that keep the generator from adding to it: KGEN0001, 0008, 0011.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ModelClassAnalyzer()
    : SliceAttentionAnalyzer(
        DiagnosticDescriptors.ClassNotPartial, DiagnosticDescriptors.UnsupportedClass, DiagnosticDescriptors.ConflictingMember)
{
    // Code fixes are only offered for what is reported inside the type that is analyzed: each by itself, for the classes nested in it.
    private protected override void AnalyzeAnyType(SymbolAnalysisContext context, INamedTypeSymbol type)
    {
        if (FindAnnotated(type) is not { } annotated)
            return;
        foreach (BaseTypeDeclarationSyntax declaration in ModelClassRules.NonPartialDeclarations(type, context.CancellationToken))
            Report(context, DiagnosticDescriptors.ClassNotPartial, declaration.Identifier.GetLocation(), type.Name, annotated.Name);
    }

    private protected override void Analyze(SymbolAnalysisContext context, INamedTypeSymbol type, IReadOnlyList<SliceAttentionUsage> usages)
    {
        if (ModelClassRules.FindObstacle(type, context.CancellationToken) is { } obstacle)
            Report(context, DiagnosticDescriptors.UnsupportedClass, obstacle.Location, type.Name, obstacle.Reason);

        ISet<string> emitted = EmittedMembers.Names(
            KernelDesigns.All, usages.Where(static usage => !usage.HasError).SelectMany(static usage => usage.Requests()));
        foreach ((Location location, string description) in ModelClassRules.ConflictingMembers(type, emitted, context.CancellationToken))
            Report(context, DiagnosticDescriptors.ConflictingMember, location, type.Name, description);
    }

    private static INamedTypeSymbol? FindAnnotated(INamedTypeSymbol type) => IsAnnotated(type)
        ? type
        : type.GetTypeMembers().Select(FindAnnotated).FirstOrDefault(static nested => nested is not null);
}
