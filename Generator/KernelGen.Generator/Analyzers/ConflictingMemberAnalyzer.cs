using System.Collections.Generic;
using KernelGen.Generator.Discovery;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace KernelGen.Generator.Analyzers;

/// <summary>KGEN0011: a member that the generator emits as well.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ConflictingMemberAnalyzer : SliceAttentionAnalyzer
{
    /// <summary>Makes the analyzer.</summary>
    public ConflictingMemberAnalyzer()
        : base(DiagnosticDescriptors.ConflictingMember)
    {
    }

    private protected override void Analyze(SymbolAnalysisContext context, INamedTypeSymbol type, IReadOnlyList<SliceAttentionUsage> usages)
    {
        foreach ((Location location, string description) in ModelClassRules.ConflictingMembers(type, context.CancellationToken))
            Report(context, location, type.Name, description);
    }
}
