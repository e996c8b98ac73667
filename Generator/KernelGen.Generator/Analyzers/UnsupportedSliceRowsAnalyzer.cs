using System.Collections.Generic;
using KernelGen.Generator.Discovery;
using KernelGen.Generator.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace KernelGen.Generator.Analyzers;

/// <summary>KGEN0005: a slice size that is not a multiple of 128 from 128 to 1048576.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class UnsupportedSliceRowsAnalyzer() : SliceAttentionAnalyzer(DiagnosticDescriptors.UnsupportedSliceRows)
{
    private protected override void Analyze(SymbolAnalysisContext context, INamedTypeSymbol type, IReadOnlyList<SliceAttentionUsage> usages)
    {
        foreach (SliceAttentionUsage usage in usages)
        {
            for (int i = 0; i < usage.SliceRows.Values.Count; i++)
            {
                int value = usage.SliceRows.Values[i];
                if (!SliceAttentionRules.IsSliceRows(value))
                    Report(context, usage.SliceRows.LocationOf(i), value, SliceAttentionRules.NearestSliceRows(value));
            }
        }
    }
}
