using System.Collections.Generic;
using System.Linq;
using KernelGen.Generator.Discovery;
using KernelGen.Generator.Emission;
using KernelGen.Generator.Kernels;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace KernelGen.Generator.Analyzers;

/// <summary>KGEN0011: a member that the generator emits as well.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ConflictingMemberAnalyzer() : SliceAttentionAnalyzer(DiagnosticDescriptors.ConflictingMember)
{
    private protected override void Analyze(SymbolAnalysisContext context, INamedTypeSymbol type, IReadOnlyList<SliceAttentionUsage> usages)
    {
        ISet<string> emitted = EmittedMembers.Names(KernelDesigns.All, usages.Where(static usage => !usage.HasError).SelectMany(static usage => usage.Requests()));
        foreach ((Location location, string description) in ModelClassRules.ConflictingMembers(type, emitted, context.CancellationToken))
            Report(context, location, type.Name, description);
    }
}
