using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace KernelGen.Generator.Tests.Compilations;

/// <summary>Compilations in memory that see the framework and KernelGen.RuntimeHost, as a user's project does.</summary>
internal static class TestCompilation
{
    /// <summary>The framework, KernelGen.RuntimeHost and what that depends on.</summary>
    public static IReadOnlyList<MetadataReference> References { get; } = [.. ReferencePaths().Select(path => MetadataReference.CreateFromFile(path))];

    public static CSharpParseOptions ParseOptions { get; } = new(LanguageVersion.Latest);

    public static CSharpCompilation Create(string source, bool allowUnsafe = true) => Create([source], allowUnsafe);

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
        [.. compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).Select(diagnostic => diagnostic.ToString())];

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
