using KernelGen.Generator.Discovery;
using KernelGen.Generator.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace KernelGen.Generator.Analyzers;

/// <summary>Project settings with which the emitted code cannot be compiled, reported once a class: KGEN0009, 0015.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ProjectAnalyzer()
    : SliceAttentionAnalyzer(DiagnosticDescriptors.UnsafeCodeNotAllowed, DiagnosticDescriptors.OldLanguage)
{
    /// <summary>True when the project's C# has what the emitted code takes: collection expressions are of C# 12.</summary>
    internal static bool HasLanguage(Compilation compilation) =>
        compilation is CSharpCompilation { LanguageVersion: >= LanguageVersion.CSharp12 };

    /// <summary>True when CPU kernels can be compiled.</summary>
    internal static bool AllowsUnsafe(Compilation compilation) => compilation.Options is CSharpCompilationOptions { AllowUnsafe: true };

    private protected override void Analyze(SymbolAnalysisContext context, INamedTypeSymbol type, IReadOnlyList<SliceAttentionUsage> usages)
    {
        if (!HasLanguage(context.Compilation) && usages.FirstOrDefault() is { } first)
        {
            string version = ((CSharpCompilation)context.Compilation).LanguageVersion.ToDisplayString();
            Report(context, DiagnosticDescriptors.OldLanguage, first.Location, type.Name, version);
        }

        if (!AllowsUnsafe(context.Compilation)
            && usages.FirstOrDefault(static usage => usage.Targets.Values.Contains((int)KernelTarget.Cpu)) is { } cpu)
        {
            int index = cpu.Targets.Values.ToList().IndexOf((int)KernelTarget.Cpu);
            Report(context, DiagnosticDescriptors.UnsafeCodeNotAllowed, cpu.Targets.LocationOf(index), type.Name);
        }
    }
}
