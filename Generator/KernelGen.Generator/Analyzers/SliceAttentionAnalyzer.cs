using KernelGen.Generator.Discovery;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace KernelGen.Generator.Analyzers;

/// <summary>An analyzer that looks at classes with <c>[SliceAttention]</c> for faults of one kind.</summary>
public abstract class SliceAttentionAnalyzer : DiagnosticAnalyzer
{
    private protected SliceAttentionAnalyzer(params DiagnosticDescriptor[] descriptors) => SupportedDiagnostics = [.. descriptors];

    public sealed override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; }

    public sealed override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterSymbolAction(AnalyzeType, SymbolKind.NamedType);
    }

    /// <summary>Reports the faults of a type that may lie around such a class.</summary>
    private protected virtual void AnalyzeAnyType(SymbolAnalysisContext context, INamedTypeSymbol type) { }

    /// <summary>Reports the faults of a class that carries at least one attribute.</summary>
    private protected abstract void Analyze(
        SymbolAnalysisContext context, INamedTypeSymbol type, IReadOnlyList<SliceAttentionUsage> usages);

    private protected static bool IsAnnotated(INamedTypeSymbol type) =>
        type.TypeKind == TypeKind.Class && type.GetAttributes().Any(SliceAttentionUsage.IsSliceAttention);

    private protected static void Report(
        SymbolAnalysisContext context, DiagnosticDescriptor descriptor, Location location, params object[] messageArguments) =>
        context.ReportDiagnostic(Diagnostic.Create(descriptor, location, messageArguments.Select(ArgumentText).ToArray()));

    // The compiler would format numbers in the culture of whoever looks at the message.
    private static object ArgumentText(object argument) => argument is int number ? Invariant($"{number}") : argument;

    private void AnalyzeType(SymbolAnalysisContext context)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        AnalyzeAnyType(context, type);
        if (!IsAnnotated(type))
            return;
        List<SliceAttentionUsage> usages = type.GetAttributes()
            .Where(SliceAttentionUsage.IsSliceAttention)
            .Select(attribute => SliceAttentionUsage.Read(attribute, context.CancellationToken))
            .OfType<SliceAttentionUsage>()
            .ToList();
        Analyze(context, type, usages);
    }
}
