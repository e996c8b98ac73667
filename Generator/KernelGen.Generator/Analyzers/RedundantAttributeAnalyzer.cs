using System.Collections.Generic;
using KernelGen.Generator.Discovery;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace KernelGen.Generator.Analyzers;

/// <summary>KGEN0010: an attribute that asks for nothing that those before it do not.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class RedundantAttributeAnalyzer : SliceAttentionAnalyzer
{
    /// <summary>Makes the analyzer.</summary>
    public RedundantAttributeAnalyzer()
        : base(DiagnosticDescriptors.RedundantAttribute)
    {
    }

    private protected override void Analyze(SymbolAnalysisContext context, INamedTypeSymbol type, IReadOnlyList<SliceAttentionUsage> usages)
    {
        var known = new HashSet<(int Family, int Target, int ElementType, int HeadDim, int SliceRows)>();
        foreach (SliceAttentionUsage usage in usages)
        {
            bool hasVariants = false;
            bool addsVariant = false;
            foreach ((int Family, int Target, int ElementType, int HeadDim, int SliceRows) variant in usage.Variants())
            {
                hasVariants = true;
                addsVariant |= !known.Contains(variant);
            }

            // Repeats within one attribute are the concern of KGEN0004, 0006 and 0007.
            known.UnionWith(usage.Variants());
            if (hasVariants && !addsVariant)
                Report(context, usage.Location, type.Name);
        }
    }
}
