using System.Collections.Immutable;
using KernelGen.Generator.Analyzers;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Testing;

namespace KernelGen.Generator.Tests.Diagnostics;

/// <summary>Asserts what analyzers report, and what code fixes make of it. Source is marked as the test library of Roslyn does: <c>[|a fault|]</c>.</summary>
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

    /// <summary>Asserts that an analyzer reports exactly the marked spans, with these messages in their order when there are any.</summary>
    public static Task ReportsAsync<TAnalyzer>(string source, params string[] messages)
        where TAnalyzer : DiagnosticAnalyzer, new() => ReportsAsync<TAnalyzer>(source, allowUnsafe: true, messages);

    /// <inheritdoc cref="ReportsAsync{TAnalyzer}(string, string[])"/>
    public static Task ReportsAsync<TAnalyzer>(string source, bool allowUnsafe, params string[] messages)
        where TAnalyzer : DiagnosticAnalyzer, new()
    {
        var analyzer = new TAnalyzer();
        var test = new ModelAnalyzerTest(analyzer) { AllowUnsafe = allowUnsafe };
        for (int i = 0; i < messages.Length; i++)
        {
            // A span with a message is marked by its number.
            int at = source.IndexOf("[|", StringComparison.Ordinal);
            int end = source.IndexOf("|]", at, StringComparison.Ordinal);
            source = FormattableString.Invariant($"{source[..at]}{{|#{i}:{source[(at + 2)..end]}|}}{source[(end + 2)..]}");
            test.ExpectedDiagnostics.Add(new DiagnosticResult(analyzer.SupportedDiagnostics.Single()).WithLocation(i).WithMessage(messages[i]));
        }

        test.TestCode = Usings + source;
        return test.RunAsync();
    }

    /// <summary>Asserts that analyzers have nothing to say.</summary>
    public static Task ReportNothingAsync(IEnumerable<DiagnosticAnalyzer> analyzers, params string[] sources)
    {
        var test = new ModelAnalyzerTest([.. analyzers]);
        foreach (string source in sources)
            test.TestState.Sources.Add(source);
        return test.RunAsync();
    }

    /// <summary>Asserts what a code fix makes of the marked faults, one by one and all at once. What it leaves is marked in the fixed source, too.</summary>
    public static Task FixesAsync<TAnalyzer, TFix>(string source, string fixedSource)
        where TAnalyzer : DiagnosticAnalyzer, new()
        where TFix : Microsoft.CodeAnalysis.CodeFixes.CodeFixProvider, new() => new ModelCodeFixTest<TAnalyzer, TFix>
        {
            TestCode = Usings + source,
            FixedCode = Usings + fixedSource,
        }.RunAsync();
}
