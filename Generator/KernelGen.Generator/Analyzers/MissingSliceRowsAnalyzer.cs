using System.Collections.Generic;
using KernelGen.Generator.Discovery;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace KernelGen.Generator.Analyzers;

/// <summary>KGEN0012: the materialized family without a slice size.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class MissingSliceRowsAnalyzer() : SliceAttentionAnalyzer(DiagnosticDescriptors.MissingSliceRows)
{
    private protected override void Analyze(SymbolAnalysisContext context, INamedTypeSymbol type, IReadOnlyList<SliceAttentionUsage> usages)
    {
        foreach (SliceAttentionUsage usage in usages)
        {
            if (usage.LacksSliceRows)
                Report(context, usage.SliceRows.Location);
        }
    }
}
