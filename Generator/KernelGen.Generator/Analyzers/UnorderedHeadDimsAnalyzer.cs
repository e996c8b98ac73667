using System.Collections.Generic;
using System.Linq;
using KernelGen.Generator.Discovery;
using KernelGen.Generator.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace KernelGen.Generator.Analyzers;

/// <summary>KGEN0004: head dims that are repeated or out of order.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class UnorderedHeadDimsAnalyzer() : SliceAttentionAnalyzer(DiagnosticDescriptors.UnorderedHeadDims)
{
    private protected override void Analyze(SymbolAnalysisContext context, INamedTypeSymbol type, IReadOnlyList<SliceAttentionUsage> usages)
    {
        foreach (SliceAttentionUsage usage in usages)
        {
            foreach (int i in SliceAttentionRules.IndicesOutOfOrder(usage.HeadDims.Values))
            {
                int value = usage.HeadDims.Values[i];
                bool isRepeated = usage.HeadDims.Values.Take(i).Contains(value);
                Report(context, usage.HeadDims.LocationOf(i), value, isRepeated ? "repeated" : "out of order");
            }
        }
    }
}
