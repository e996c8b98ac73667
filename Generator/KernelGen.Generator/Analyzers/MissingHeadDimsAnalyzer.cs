using System.Collections.Generic;
using KernelGen.Generator.Discovery;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace KernelGen.Generator.Analyzers;

/// <summary>KGEN0003: no head dims.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class MissingHeadDimsAnalyzer() : SliceAttentionAnalyzer(DiagnosticDescriptors.MissingHeadDims)
{
    private protected override void Analyze(SymbolAnalysisContext context, INamedTypeSymbol type, IReadOnlyList<SliceAttentionUsage> usages)
    {
        foreach (SliceAttentionUsage usage in usages)
        {
            if (usage.HeadDims.Values.Count == 0)
                Report(context, usage.HeadDims.Location);
        }
    }
}
