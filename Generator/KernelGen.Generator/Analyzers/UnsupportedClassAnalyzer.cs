using System.Collections.Generic;
using KernelGen.Generator.Discovery;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace KernelGen.Generator.Analyzers;

/// <summary>KGEN0008: a class that cannot take the generated constructor and members.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class UnsupportedClassAnalyzer() : SliceAttentionAnalyzer(DiagnosticDescriptors.UnsupportedClass)
{
    private protected override void Analyze(SymbolAnalysisContext context, INamedTypeSymbol type, IReadOnlyList<SliceAttentionUsage> usages)
    {
        if (ModelClassRules.FindObstacle(type, context.CancellationToken) is { } obstacle)
            Report(context, obstacle.Location, type.Name, obstacle.Reason);
    }
}
