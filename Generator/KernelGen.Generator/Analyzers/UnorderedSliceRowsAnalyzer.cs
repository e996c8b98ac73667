using System.Collections.Generic;
using System.Linq;
using KernelGen.Generator.Discovery;
using KernelGen.Generator.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace KernelGen.Generator.Analyzers;

/// <summary>KGEN0006: slice sizes that are repeated or out of order.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class UnorderedSliceRowsAnalyzer() : SliceAttentionAnalyzer(DiagnosticDescriptors.UnorderedSliceRows)
{
    private protected override void Analyze(SymbolAnalysisContext context, INamedTypeSymbol type, IReadOnlyList<SliceAttentionUsage> usages)
    {
        foreach (SliceAttentionUsage usage in usages)
        {
            foreach (int i in SliceAttentionRules.IndicesOutOfOrder(usage.SliceRows.Values))
            {
                int value = usage.SliceRows.Values[i];
                bool isRepeated = usage.SliceRows.Values.Take(i).Contains(value);
                Report(context, usage.SliceRows.LocationOf(i), value, isRepeated ? "repeated" : "out of order");
            }
        }
    }
}
