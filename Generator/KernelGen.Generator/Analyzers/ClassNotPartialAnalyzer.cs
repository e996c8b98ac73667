using System.Collections.Generic;
using KernelGen.Generator.Discovery;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace KernelGen.Generator.Analyzers;

/// <summary>KGEN0001: the class, or a type around it, is not partial.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ClassNotPartialAnalyzer() : SliceAttentionAnalyzer(DiagnosticDescriptors.ClassNotPartial)
{
    private protected override void Analyze(SymbolAnalysisContext context, INamedTypeSymbol type, IReadOnlyList<SliceAttentionUsage> usages)
    {
        foreach (BaseTypeDeclarationSyntax declaration in ModelClassRules.NonPartialDeclarations(type, context.CancellationToken))
            Report(context, declaration.Identifier.GetLocation(), declaration.Identifier.ValueText, type.Name);
    }
}
