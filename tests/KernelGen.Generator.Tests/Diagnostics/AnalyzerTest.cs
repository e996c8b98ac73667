using System.Collections.Immutable;
using KernelGen.Generator.Analyzers;
using KernelGen.Generator.Tests.Compilations;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace KernelGen.Generator.Tests.Diagnostics;

/// <summary>Runs analyzers over source in memory.</summary>
internal static class AnalyzerTest
{
    private const string Usings = "using KernelGen; using KernelGen.Kernels; using KernelGen.Tensors;\n";

    /// <summary>One of each analyzer of the package.</summary>
    public static ImmutableArray<DiagnosticAnalyzer> AllAnalyzers { get; } =
    [
        .. typeof(SliceAttentionAnalyzer).Assembly.GetTypes()
            .Where(type => !type.IsAbstract && type.IsSubclassOf(typeof(DiagnosticAnalyzer)))
            .Select(type => (DiagnosticAnalyzer)Activator.CreateInstance(type)!),
    ];

    /// <summary>Asserts that a diagnostic is reported exactly at the marked spans, and returns its messages in their order.</summary>
    public static async Task<IReadOnlyList<string>> ReportsAsync(string id, string markedSource, bool allowUnsafe = true)
    {
        MarkedSource source = MarkedSource.Parse(Usings + markedSource);

        Diagnostic[] diagnostics =
            [.. (await DiagnosticsOfAsync([source.Text], AllAnalyzers, allowUnsafe)).Where(diagnostic => diagnostic.Id == id)];

        string[] expected = [.. source.Spans.Select(span => $"{span}: {source.Text.Substring(span.Start, span.Length)}")];
        string[] actual =
            [.. diagnostics.Select(diagnostic => diagnostic.Location.SourceSpan)
                .Select(span => $"{span}: {source.Text.Substring(span.Start, span.Length)}")];
        Assert.AreSequenceEqual(expected, actual);
        return [.. diagnostics.Select(diagnostic => diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture))];
    }

    /// <summary>The ids of what all analyzers report, in the order of the source.</summary>
    public static async Task<string[]> IdsOfAsync(Compilation compilation) =>
    [
        .. (await compilation.WithAnalyzers(AllAnalyzers).GetAnalyzerDiagnosticsAsync())
            .OrderBy(diagnostic => diagnostic.Location.SourceSpan.Start).Select(diagnostic => diagnostic.Id),
    ];

    /// <summary>The diagnostics in the order of the source; fails when the source does not compile.</summary>
    public static async Task<IReadOnlyList<Diagnostic>> DiagnosticsOfAsync(
        IReadOnlyList<string> sources, ImmutableArray<DiagnosticAnalyzer> analyzers, bool allowUnsafe = true)
    {
        Compilation compilation = TestCompilation.Create(sources, allowUnsafe);
        Assert.AreSequenceEqual([], TestCompilation.ErrorsOf(compilation).ToArray());
        ImmutableArray<Diagnostic> diagnostics = await compilation.WithAnalyzers(analyzers).GetAnalyzerDiagnosticsAsync();
        return [.. diagnostics.OrderBy(diagnostic => diagnostic.Location.SourceSpan.Start)
            .ThenBy(diagnostic => diagnostic.Id, StringComparer.Ordinal)];
    }
}
