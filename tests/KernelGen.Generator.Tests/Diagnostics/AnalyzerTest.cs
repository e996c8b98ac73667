using System.Collections.Immutable;
using KernelGen.Generator.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Testing;
using Microsoft.CodeAnalysis.Text;

namespace KernelGen.Generator.Tests.Diagnostics;

/// <summary>
/// What analyzers report and code fixes make of it. Faults are marked as in Roslyn's tests: <c>[|fault|]</c>, <c>{|KGEN0001:fault|}</c>.
/// </summary>
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

    /// <summary>Asserts that a diagnostic is reported exactly at the marked spans, with these messages if there are any.</summary>
    public static Task ReportsAsync(string id, string markedSource, params string[] messages) =>
        ReportsAsync(id, markedSource, allowUnsafe: true, messages);

    public static Task ReportsAsync(string id, string markedSource, bool allowUnsafe, params string[] messages)
    {
        DiagnosticDescriptor[] descriptors = [.. AllAnalyzers.SelectMany(analyzer => analyzer.SupportedDiagnostics)];
        TestFileMarkupParser.GetSpans(Usings + markedSource, out string source, out ImmutableArray<TextSpan> spans);
        if (messages.Length > 0)
            Assert.HasCount(spans.Length, messages);

        var test = new ModelAnalyzerTest(AllAnalyzers) { TestCode = source, AllowUnsafe = allowUnsafe };
        test.DisabledDiagnostics.AddRange(descriptors.Select(descriptor => descriptor.Id).Where(other => other != id));
        TextLineCollection lines = SourceText.From(source).Lines;
        for (int i = 0; i < spans.Length; i++)
        {
            LinePositionSpan place = lines.GetLinePositionSpan(spans[i]);
            DiagnosticResult expected = new DiagnosticResult(id, descriptors.Single(descriptor => descriptor.Id == id).DefaultSeverity)
                .WithSpan(place.Start.Line + 1, place.Start.Character + 1, place.End.Line + 1, place.End.Character + 1);
            test.ExpectedDiagnostics.Add(messages.Length > 0 ? expected.WithMessage(messages[i]) : expected);
        }

        return test.RunAsync();
    }

    /// <summary>Asserts that no analyzer of the package reports anything.</summary>
    public static Task ReportsNothingAsync(params string[] sources)
    {
        var test = new ModelAnalyzerTest(AllAnalyzers);
        foreach (string source in sources)
            test.TestState.Sources.Add(source);
        return test.RunAsync();
    }

    /// <summary>Asserts what a code fix makes of the marked faults, one by one and all at once. What it leaves is marked again.</summary>
    public static Task FixesAsync<TAnalyzer, TFix>(string markedSource, string markedResult)
        where TAnalyzer : DiagnosticAnalyzer, new()
        where TFix : CodeFixProvider, new() => new ModelCodeFixTest<TAnalyzer, TFix>
        {
            TestCode = Usings + markedSource,
            FixedCode = Usings + markedResult,
        }.RunAsync();

    /// <summary>The ids of what all analyzers report, in the order of the source.</summary>
    public static async Task<string[]> IdsOfAsync(Compilation compilation) =>
    [
        .. (await compilation.WithAnalyzers(AllAnalyzers).GetAnalyzerDiagnosticsAsync())
            .OrderBy(diagnostic => diagnostic.Location.SourceSpan.Start).Select(diagnostic => diagnostic.Id),
    ];
}
