using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace KernelGen.Generator.Tests.Compilations;

/// <summary>Compilations in memory that see the framework and KernelGen.RuntimeHost, as a user's project does.</summary>
internal static class TestCompilation
{
    /// <summary>The framework, KernelGen.RuntimeHost and what that depends on.</summary>
    public static IReadOnlyList<MetadataReference> References { get; } =
        [.. ReferencePaths().Select(path => MetadataReference.CreateFromFile(path))];

    /// <summary>The oldest version that the README names: what is emitted must compile with it.</summary>
    public static CSharpParseOptions ParseOptions { get; } = new(LanguageVersion.CSharp12);

    public static CSharpCompilation Create(string source, bool allowUnsafe = true) => Create([source], allowUnsafe);

    public static CSharpCompilation Create(string source, CSharpParseOptions options) =>
        CSharpCompilation.Create(
            "TestProject", [CSharpSyntaxTree.ParseText(source, options, "Source0.cs")], References, Options(allowUnsafe: true));

    /// <summary>Compiles sources that stand in files <c>Source0.cs</c>, <c>Source1.cs</c> and so on.</summary>
    public static CSharpCompilation Create(IReadOnlyList<string> sources, bool allowUnsafe = true) => CSharpCompilation.Create(
        "TestProject",
        sources.Select((source, i) => CSharpSyntaxTree.ParseText(source, ParseOptions, FormattableString.Invariant($"Source{i}.cs"))),
        References,
        Options(allowUnsafe));

    public static CSharpCompilationOptions Options(bool allowUnsafe) =>
        new(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: allowUnsafe, nullableContextOptions: NullableContextOptions.Enable);

    /// <summary>The compiler's errors, as text.</summary>
    public static IReadOnlyList<string> ErrorsOf(Compilation compilation) =>
        [.. compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)
            .Select(diagnostic => diagnostic.ToString())];

    /// <summary>The compiler's errors and warnings, as text.</summary>
    public static string[] FaultsOf(Compilation compilation) =>
        [.. compilation.GetDiagnostics().Where(fault => fault.Severity != DiagnosticSeverity.Hidden).Select(fault => fault.ToString())];

    // The list also has everything that the tests themselves were built against; a user's project does not see the compiler.
    private static IEnumerable<string> ReferencePaths() =>
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
        .Split(Path.PathSeparator)
        .Append(typeof(SliceAttentionAttribute).Assembly.Location)
        .Distinct()
        .Where(path => Path.GetFileName(path) is var file
            && !file.StartsWith("KernelGen.Generator", StringComparison.Ordinal)
            && !file.StartsWith("KernelGen.CodeFixes", StringComparison.Ordinal)
            && !file.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal));
}
