using System.Collections.Immutable;
using KernelGen.Generator.Tests.Compilations;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Testing;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Testing;

namespace KernelGen.Generator.Tests.Diagnostics;

/// <summary>Roslyn's test of analyzers, with source that sees the framework and KernelGen.RuntimeHost; nothing is downloaded.</summary>
internal sealed class ModelAnalyzerTest : CSharpAnalyzerTest<EmptyDiagnosticAnalyzer, DefaultVerifier>
{
    private readonly ImmutableArray<DiagnosticAnalyzer> _analyzers;

    public ModelAnalyzerTest(ImmutableArray<DiagnosticAnalyzer> analyzers)
    {
        _analyzers = analyzers;
        TestState.ReferenceAssemblies = NoReferenceAssemblies;
        TestState.AdditionalReferences.AddRange(TestCompilation.References);
    }

    /// <summary>None: Roslyn's tests would fetch them from a feed. <see cref="TestCompilation.References"/> takes their place.</summary>
    public static ReferenceAssemblies NoReferenceAssemblies { get; } = new("net10.0");

    public bool AllowUnsafe { get; init; } = true;

    /// <summary>Hands the compiler a template: an additional file with its name as metadata, at the path of that name.</summary>
    public void AddTemplate(string name, string text)
    {
        TestState.AdditionalFiles.Add(("/" + name, text));
        TestState.AnalyzerConfigFiles.Add((
            $"/{TestState.AnalyzerConfigFiles.Count}.globalconfig",
            $"is_global = true\n[/{name}]\nbuild_metadata.AdditionalFiles.KernelGenTemplate = {name}\n"));
    }

    protected override CompilationOptions CreateCompilationOptions() => TestCompilation.Options(AllowUnsafe);

    protected override ParseOptions CreateParseOptions() => TestCompilation.ParseOptions;

    protected override IEnumerable<DiagnosticAnalyzer> GetDiagnosticAnalyzers() => _analyzers;
}
