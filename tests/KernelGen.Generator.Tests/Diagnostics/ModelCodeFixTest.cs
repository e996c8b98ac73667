using KernelGen.Generator.Tests.Compilations;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Testing;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Testing;

namespace KernelGen.Generator.Tests.Diagnostics;

/// <summary>Roslyn's test of code fixes, with source that sees the framework and KernelGen.RuntimeHost; nothing is downloaded.</summary>
internal sealed class ModelCodeFixTest<TAnalyzer, TFix> : CSharpCodeFixTest<TAnalyzer, TFix, DefaultVerifier>
    where TAnalyzer : DiagnosticAnalyzer, new()
    where TFix : CodeFixProvider, new()
{
    public ModelCodeFixTest()
    {
        TestState.ReferenceAssemblies = ModelAnalyzerTest.NoReferenceAssemblies;
        TestState.AdditionalReferences.AddRange(TestCompilation.References);
    }

    protected override CompilationOptions CreateCompilationOptions() => TestCompilation.Options(allowUnsafe: true);

    protected override ParseOptions CreateParseOptions() => TestCompilation.ParseOptions;
}
