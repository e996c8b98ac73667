using System.Diagnostics;
using KernelGen.Generator.Tests.Compilations;
using KernelGen.Generator.Tests.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace KernelGen.Generator.Tests.Generation;

/// <summary>Whatever values an attribute has, the emitted code compiles, or a diagnostic says why there is none.</summary>
[TestClass]
public sealed class AttributeValueTests
{
    private const string Usings = "using KernelGen; using KernelGen.Kernels; using KernelGen.Tensors;\n";

    // All in one compilation. Head dims of each kind of tile; the CPU's code, which takes the time, for one.
    [TestMethod]
    public async Task EveryCombination_CompilesOrIsReported()
    {
        string[][] choices =
        [
            ["[8]", "[64, 264]"],
            [.. Subsets("ElementType.Float16", "ElementType.BFloat16", "ElementType.Float32")],
            [.. Subsets("KernelFamily.Materialized", "KernelFamily.Streaming")],
            [.. Subsets("KernelTarget.Simt", "KernelTarget.Sm80", "KernelTarget.Sm90a"), "[KernelTarget.Cpu]"],
            ["[128]", "[1024, 2048]"],
        ];
        string[] attributes =
        [
            .. from headDims in choices[0]
               from types in choices[1]
               from families in choices[2]
               from targets in choices[3]
               from rows in choices[4]
               where !targets.Contains("Cpu", StringComparison.Ordinal) || (headDims == "[8]" && rows == "[128]")
               select $"[SliceAttention(HeadDims = {headDims}, ElementTypes = {types}, Families = {families}, Targets = {targets}, "
                   + $"SliceRows = {rows})]",
        ];
        Compilation compilation =
            TestCompilation.Create(Usings + string.Join('\n', attributes.Select((attribute, i) => $"{attribute} partial class M{i};")));

        GeneratorRun run = GeneratorRun.Of(compilation);
        IReadOnlyList<Diagnostic> reported = [.. await compilation.WithAnalyzers(AnalyzerTest.AllAnalyzers).GetAnalyzerDiagnosticsAsync()];

        Assert.AreSequenceEqual([], TestCompilation.FaultsOf(run.Output));
        Assert.AreSequenceEqual(["KGEN0014"], reported.Select(diagnostic => diagnostic.Id).Distinct());
        Assert.HasCount(
            attributes.Length - reported.Count, run.Files.Keys.Where(name => name.EndsWith(".Catalogue.g.cs", StringComparison.Ordinal)));
        foreach (Diagnostic diagnostic in reported)
            Assert.DoesNotContain("Float16",
                diagnostic.Location.SourceTree!.ToString()[diagnostic.Location.SourceSpan.Start..diagnostic.Location.SourceSpan.End]);
    }

    private static IEnumerable<string> Subsets(params string[] values) =>
        from subset in Enumerable.Range(1, (1 << values.Length) - 1)
        select $"[{string.Join(", ", values.Where((_, i) => (subset >> i & 1) != 0))}]";

    [TestMethod]
    [DataRow(
        "HeadDims = [40], ElementTypes = [ElementType.Float32], Targets = [KernelTarget.Sm80]",
        "There is no such kernel for Float32: Sm80 has them for Float16 and BFloat16. Name a type that there is a kernel for, or a "
            + "target that has all, such as Simt or Cpu.")]
    [DataRow(
        "HeadDims = [64], ElementTypes = [ElementType.Float32], Targets = [KernelTarget.Sm80, KernelTarget.Sm90a], Families = "
            + "[KernelFamily.Materialized]",
        "There is no such kernel for Float32: Sm80 has them for Float16 and BFloat16, Sm90a has them for Float16 and BFloat16. "
        + "Name a type that there is a kernel for, or a target that has all, such as Simt or Cpu.")]
    [DataRow(
        "HeadDims = [264], ElementTypes = [ElementType.Float32], Targets = [KernelTarget.Sm90a], Families = [KernelFamily.Streaming]",
        "There is no such kernel for Float32: Sm90a has them for Float16 and BFloat16. Name a type that there is a kernel for, or a "
            + "target that has all, such as Simt or Cpu.")]
    public async Task AttributeWithoutAKernel_IsReported(string arguments, string message)
    {
        await AnalyzerTest.ReportsAsync(
            "KGEN0014", $"[SliceAttention(HeadDims = [8])] [[|SliceAttention({arguments})|]] partial class M;", message);
    }

    [TestMethod]
    [DataRow("HeadDims", 10_000)]
    [DataRow("SliceRows", 60_000)]
    [DataRow("ElementTypes", 60_000)]
    [DataRow("Families", 60_000)]
    [DataRow("Targets", 60_000)]
    public async Task LongLists_AreToldOnce_InASecond(string argument, int count)
    {
        string values = string.Join(", ", Enumerable.Range(1, count).Select(i => argument switch
        {
            "HeadDims" => FormattableString.Invariant($"{i}"),
            "SliceRows" => FormattableString.Invariant($"{128 * (i % 8192)}"),
            "ElementTypes" => "ElementType.Float16",
            "Families" => "KernelFamily.Streaming",
            _ => "KernelTarget.Cpu",
        }));
        string headDims = argument == "HeadDims" ? "" : "HeadDims = [8], ";
        Compilation compilation = TestCompilation.Create($"{Usings}[SliceAttention({headDims}{argument} = [{values}])] partial class M;");
        Assert.IsEmpty(TestCompilation.ErrorsOf(compilation));
        var clock = Stopwatch.StartNew();

        GeneratorRun run = GeneratorRun.Of(compilation);
        IReadOnlyList<Diagnostic> reported = [.. await compilation.WithAnalyzers(AnalyzerTest.AllAnalyzers).GetAnalyzerDiagnosticsAsync()];

        // A second of a processor; comparing each with each takes a minute.
        Assert.IsLessThan(TimeSpan.FromSeconds(20), clock.Elapsed);
        Assert.IsEmpty(run.Files);
        Assert.AreEqual(
            FormattableString.Invariant($"Class 'M' asks for {count} values of {argument}, and at most 64 are compiled: ")
                + "name those that the model uses, or spread them over several classes",
            reported.Single().GetMessage(System.Globalization.CultureInfo.InvariantCulture));
    }

    [TestMethod]
    public async Task TooManyKernels_AreReported_AtTheAttributeThatIsOneTooMany()
    {
        string headDims = string.Join(", ", Enumerable.Range(1, 64).Select(i => 8 * i));
        string rows = string.Join(", ", Enumerable.Range(1, 20).Select(i => 128 * i));

        await AnalyzerTest.ReportsAsync(
            "KGEN0016",
            $"[SliceAttention(HeadDims = [{headDims}])] [[|SliceAttention(HeadDims = [{headDims}], ElementTypes = [ElementType.Float16], "
                + $"SliceRows = [{rows}])|]] [SliceAttention(HeadDims = [8])] partial class M;",
            "Class 'M' asks for 8448 kernels, and at most 4096 are compiled: name those that the model uses, or spread them over several "
                + "classes");
    }

    [TestMethod]
    public async Task ManyValues_ThatMakeFewKernels_AreNotReported()
    {
        string rows = string.Join(", ", Enumerable.Range(1, 64).Select(i => 128 * i));

        await AnalyzerTest.ReportsAsync(
            "KGEN0016", $"[SliceAttention(HeadDims = [8], SliceRows = [{rows}], Targets = [KernelTarget.Simt])] partial class M;");
    }

    [TestMethod]
    [DataRow(LanguageVersion.CSharp8, "8.0")]
    [DataRow(LanguageVersion.CSharp11, "11.0")]
    public async Task OlderLanguage_IsReported_AndGetsNoCode(LanguageVersion version, string name)
    {
        Compilation compilation = TestCompilation.Create(
            "[KernelGen.SliceAttention(HeadDims = new[] { 40 })]\npublic sealed partial class M { }\n", new CSharpParseOptions(version));

        GeneratorRun run = GeneratorRun.Of(compilation);
        Diagnostic reported = (await compilation.WithAnalyzers(AnalyzerTest.AllAnalyzers).GetAnalyzerDiagnosticsAsync()).Single();

        Assert.IsEmpty(run.Files);
        Assert.AreSequenceEqual([], TestCompilation.FaultsOf(run.Output));
        Assert.AreEqual("KGEN0015", reported.Id);
        Assert.AreEqual(
            $"The code for 'M' needs C# 12 or newer, and the project compiles with C# {name}: remove <LangVersion> from the project, or "
                + "set it to 12 or more",
            reported.GetMessage(System.Globalization.CultureInfo.InvariantCulture));
    }

    [TestMethod]
    [DataRow(LanguageVersion.CSharp12)]
    [DataRow(LanguageVersion.CSharp13)]
    [DataRow(LanguageVersion.Preview)]
    public async Task EveryLanguageFromTheOldestOn_Compiles(LanguageVersion version)
    {
        Compilation compilation = TestCompilation.Create(ModelSources.OneHeadDim, new CSharpParseOptions(version));

        Assert.AreSequenceEqual([], TestCompilation.FaultsOf(GeneratorRun.Of(compilation).Output));
        Assert.IsEmpty(await compilation.WithAnalyzers(AnalyzerTest.AllAnalyzers).GetAnalyzerDiagnosticsAsync());
    }

    [TestMethod]
    public void OldestLanguage_IsTheOneThatTheReadmeNames()
    {
        string readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));

        Assert.Contains($"It needs C# {TestCompilation.ParseOptions.LanguageVersion.ToDisplayString()[..2]} or newer", readme);
    }
}
