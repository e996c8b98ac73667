using System.Collections.Generic;
using KernelGen.Generator.Discovery;
using KernelGen.Generator.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace KernelGen.Generator.Analyzers;

/// <summary>KGEN0009: CPU kernels in a compilation that does not allow unsafe code.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class UnsafeCodeNotAllowedAnalyzer() : SliceAttentionAnalyzer(DiagnosticDescriptors.UnsafeCodeNotAllowed)
{
    private protected override void Analyze(SymbolAnalysisContext context, INamedTypeSymbol type, IReadOnlyList<SliceAttentionUsage> usages)
    {
        if (context.Compilation.Options is not CSharpCompilationOptions { AllowUnsafe: false })
            return;

        // The setting is the same for the whole project, so once a class is enough.
        foreach (SliceAttentionUsage usage in usages)
        {
            for (int i = 0; i < usage.Targets.Values.Count; i++)
            {
                if (usage.Targets.Values[i] != (int)KernelTarget.Cpu)
                    continue;
                Report(context, usage.Targets.LocationOf(i), type.Name);
                return;
            }
        }
    }
}
