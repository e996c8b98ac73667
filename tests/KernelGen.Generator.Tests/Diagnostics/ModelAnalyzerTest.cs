using KernelGen.Generator.Tests.Compilations;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Testing;

namespace KernelGen.Generator.Tests.Diagnostics;

/// <summary>Runs analyzers over source that sees the framework and KernelGen.RuntimeHost; nothing is fetched.</summary>
internal sealed class ModelAnalyzerTest : AnalyzerTest<DefaultVerifier>
{
    private readonly DiagnosticAnalyzer[] _analyzers;

    public ModelAnalyzerTest(params DiagnosticAnalyzer[] analyzers)
    {
        _analyzers = analyzers;
        ReferenceAssemblies = NoReferenceAssemblies;
        TestState.AdditionalReferences.AddRange(TestCompilation.References);
    }

    /// <summary>No package with reference assemblies: the framework that runs the tests is referenced instead.</summary>
    public static ReferenceAssemblies NoReferenceAssemblies { get; } = new("net10.0");

    public bool AllowUnsafe { get; init; } = true;

    public override string Language => LanguageNames.CSharp;

    protected override string DefaultFileExt => "cs";

    protected override CompilationOptions CreateCompilationOptions() => TestCompilation.Options(AllowUnsafe);

    protected override ParseOptions CreateParseOptions() => TestCompilation.ParseOptions;

    protected override IEnumerable<DiagnosticAnalyzer> GetDiagnosticAnalyzers() => _analyzers;
}
