using System.Collections.Generic;
using KernelGen.Generator.Discovery;
using KernelGen.Generator.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace KernelGen.Generator.Analyzers;

/// <summary>KGEN0002: a head dim that is not a multiple of 8 from 8 to 512.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class UnsupportedHeadDimAnalyzer() : SliceAttentionAnalyzer(DiagnosticDescriptors.UnsupportedHeadDim)
{
    private protected override void Analyze(SymbolAnalysisContext context, INamedTypeSymbol type, IReadOnlyList<SliceAttentionUsage> usages)
    {
        foreach (SliceAttentionUsage usage in usages)
        {
            for (int i = 0; i < usage.HeadDims.Values.Count; i++)
            {
                int value = usage.HeadDims.Values[i];
                if (!SliceAttentionRules.IsHeadDim(value))
                    Report(context, usage.HeadDims.LocationOf(i), value, SliceAttentionRules.NearestHeadDim(value));
            }
        }
    }
}
