using System.Collections.Generic;
using System.Linq;
using KernelGen.Generator.Discovery;
using KernelGen.Generator.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace KernelGen.Generator.Analyzers;

/// <summary>KGEN0010: an attribute that asks for nothing that those before it do not.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class RedundantAttributeAnalyzer() : SliceAttentionAnalyzer(DiagnosticDescriptors.RedundantAttribute)
{
    private protected override void Analyze(SymbolAnalysisContext context, INamedTypeSymbol type, IReadOnlyList<SliceAttentionUsage> usages)
    {
        HashSet<(KernelRequest Request, int SliceRows)> known = [];
        foreach (SliceAttentionUsage usage in usages)
        {
            (KernelRequest Request, int SliceRows)[] kernels =
            [
                .. from request in usage.Requests()
                   from rows in request.SliceRows.DefaultIfEmpty()
                   select (request with { SliceRows = default }, rows),
            ];

            // Repeats within one attribute are the concern of KGEN0004, 0006 and 0007.
            if (kernels.Length > 0 && kernels.All(known.Contains))
                Report(context, usage.Location, type.Name);
            known.UnionWith(kernels);
        }
    }
}
