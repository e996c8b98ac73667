using System.Globalization;
using KernelGen.Generator.Tests.Compilations;
using KernelGen.Generator.Tests.Diagnostics;
using KernelGen.Tests.Shared;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace KernelGen.Generator.Tests.Generation;

/// <summary>
/// Classes with random attributes, names, members and containers, in every version of C#: code that compiles without an error, or a
/// KGEN error and no code.
/// </summary>
[TestClass]
public sealed class AttributeFuzzTests
{
    private static readonly string[] _names =
    [
        "M", "Plan", "Run", "Kernels", "T", "record", "file", "field", "required", "scoped", "class", "async", "_",
        "host", "System", "KernelGen", "CpuD8", "SimtD64", "Ünï",
        "CudaHeaders", "get_Kernels", "var", "nint", "unmanaged", "dynamic", "Catalogue", "global", "Equals", "Half",
    ];

    [TestMethod]
    public void AnyAttribute_CompilesOrIsReported() => FuzzRun.Of("attributes", 80, random =>
    {
        CSharpParseOptions options = new(random.Any(
            LanguageVersion.CSharp12, LanguageVersion.CSharp12, LanguageVersion.CSharp12, LanguageVersion.CSharp13, LanguageVersion.Preview,
            random.Any(LanguageVersion.CSharp11, LanguageVersion.CSharp9, LanguageVersion.CSharp12)));
        string source = Source(random);
        CSharpCompilation compilation = TestCompilation.Create(source, options)
            .WithOptions(TestCompilation.Options(allowUnsafe: !random.Once(20)));
        GeneratorRun run = GeneratorRun.Of(compilation);
        if (run.Result.Exception is { } exception)
            throw new AssertFailedException(source, exception);
        if (TestCompilation.ErrorsOf(compilation).Count > 0)
            return "are no C#";

        string[] errors =
        [
            .. compilation.WithAnalyzers(AnalyzerTest.AllAnalyzers).GetAnalyzerDiagnosticsAsync().GetAwaiter().GetResult()
                .Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).Select(diagnostic => diagnostic.Id).Distinct()
                .Order(StringComparer.Ordinal),
        ];
        Assert.AreEqual(errors.Length > 0, run.Files.Count == 0, $"{string.Join(' ', errors)}: {source}");
        Assert.AreSequenceEqual([], TestCompilation.ErrorsOf(run.Output), source);
        return errors.Length > 0 ? "reported" : "compiled";
    });

    private static string Source(Random random)
    {
        string name = Name(random), body = random.Once(5) ? $"{{ {Member(random)} }}" : "{ }";
        string attributes = string.Join(' ', Enumerable.Range(0, random.Any(1, 1, 1, 1, 2, 3)).Select(_ => Attribute(random)));
        string type = $"{attributes} {Modifiers(random)} class @{name}{Base(random)} {body}";
        for (int n = random.Any(0, 0, 0, 1, 2); n > 0; n--)
        {
            string outer = random.Any("class", "struct", "interface", "record", "record struct");
            type = $"{(random.Once(20) ? "" : "partial ")}{outer} @{Name(random)}{(random.Once(20) ? "<U>" : "")} {{ {type} }}";
        }

        if (random.Once(2))
            type = $"namespace @{Name(random)}.@{Name(random)} {{ {type} }}";
        return type + (random.Once(4) ? $" class @{Name(random)}Other {{ }} namespace Z {{ enum @{Name(random)} {{ }} }}" : "")
            + " class Parent { public void Run() { } protected virtual int Kernels => 1; } class Hard { public Hard(int x) { } }";
    }

    private static string Name(Random random) => !random.Once(4)
        ? string.Create(CultureInfo.InvariantCulture, $"N{random.Next(1000)}")
        : random.Any<string>(_names);

    private static string Base(Random random) => !random.Once(5)
        ? ""
        : random.Any(" : global::Parent", " : global::Hard", " : global::KernelGen.ISliceAttention");

    private static string Modifiers(Random random) =>
        random.Any("", "sealed ", "public ", "unsafe ", random.Any("static ", "abstract ", "file ", "public "))
        + (random.Once(20) ? "" : "partial");

    private static string Member(Random random) => random
        .Any(
            "public int @N;", "void @N() { }", "class @N { }", "int @N => 1;",
            "event global::System.Action @N { add { } remove { } }", "@C(int x) { }")
        .Replace("@N", "@" + Name(random)).Replace("@C", "@" + Name(random));

    private static string Attribute(Random random)
    {
        List<string> arguments = [];
        if (!random.Once(25))
            arguments.Add($"HeadDims = {Array(random, "int", HeadDim)}");
        if (random.Once(2))
            arguments.Add($"ElementTypes = {Array(random, "global::KernelGen.Tensors.ElementType", ElementType)}");
        if (random.Once(2))
            arguments.Add($"SliceRows = {Array(random, "int", SliceRows)}");
        if (random.Once(2))
            arguments.Add($"Families = {Array(random, "global::KernelGen.Kernels.KernelFamily", Family)}");

        // The CPU's code takes seconds to compile, and the text for GPUs none.
        arguments.Add($"Targets = {Array(random, "global::KernelGen.Kernels.KernelTarget", Target)}");
        return $"[global::KernelGen.SliceAttention({string.Join(", ", arguments)})]";
    }

    private static string HeadDim(Random random) =>
        random.Any(
            "8", "8", "64", "512", "16", "4 + 4", "1 << 3",
            random.Once(4) ? random.Any("41", "0", "-8", "int.MaxValue", "520") : "264");

    private static string ElementType(Random random) =>
        random.Any("#.Float16", "#.BFloat16", "#.Float32", "#.Float32", random.Once(6) ? "(#)7" : "(#)1");

    private static string SliceRows(Random random) =>
        random.Any("128", "512", "2048", "1048576", random.Once(4) ? random.Any("100", "0") : "256");

    private static string Family(Random random) =>
        random.Any("#.Streaming", "#.Materialized", "#.Streaming", random.Once(6) ? "(#)(-1)" : "#.Streaming");

    private static string Target(Random random) => random.Any(
        "#.Simt", "#.Sm80", "#.Sm90a", "#.Sm80", "#.Simt", random.Once(3) ? "#.Cpu" : "#.Simt", random.Once(20) ? "(#)9" : "#.Sm90a");

    private static string Array(Random random, string type, Func<Random, string> element)
    {
        int count = random.Any(1, 1, 1, 2, 3, random.Once(4) ? 0 : 1, 4);
        string[] elements = [.. Enumerable.Range(0, count).Select(_ => element(random).Replace("#", type))];
        if (!random.Once(6))
            elements = [.. elements.Distinct()];
        if (random.Once(100))
            elements = [.. Enumerable.Repeat(elements.FirstOrDefault(type == "int" ? "8" : $"({type})0"), random.Next(60, 3000))];
        string list = string.Join(", ", elements);
        return random.Any(
            $"new {type}[] {{ {list} }}", elements.Length > 0 ? $"new[] {{ {list} }}" : $"new {type}[0]", $"[{list}]",
            random.Once(20) ? "null" : $"new {type}[] {{ {list} }}");
    }
}
