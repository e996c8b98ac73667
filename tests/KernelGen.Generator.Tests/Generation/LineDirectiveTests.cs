using KernelGen.Generator.Tests.Compilations;
using Microsoft.CodeAnalysis;

namespace KernelGen.Generator.Tests.Generation;

/// <summary>Errors of the compiler in C# that a template of the user's gave: they are told at the template's file and line.</summary>
[TestClass]
public sealed class LineDirectiveTests
{
    private const string FinishScores = "cpu/finish-scores.cs.sbn";
    private const string File = "/project/Kernels/cap.cs.sbn";

    [TestMethod]
    [DataRow("\n// A cap.\nint cap = \"5\";\n", 3, DisplayName = "a statement")]
    [DataRow("{{~ a = 1 ~}}\n{{~ if head_dim > 8 ~}}\n\nint cap = \"5\";\n{{~ end ~}}\n", 4, DisplayName = "behind lines without a trace")]
    [DataRow("{{ for i in 0..2 }}\n_ = {{ i }};\n{{ if i == 2 }}_ = missing;{{ end }}\n{{ end }}\n", 3, DisplayName = "a last round")]
    [DataRow("{{ for i in 0..2 }}\n{{ head_dim }}.ToString();\n{{ end }}\nint cap = \"5\";", 4, DisplayName = "behind a loop")]
    [DataRow("// one\n{{ func line(x) }}\nint cap{{ x }} = \"5\";\n{{ end }}\n\n{{ line(1) }}\n", 3, DisplayName = "functions")]
    [DataRow("{{ func f() }}\nint cap = \"5\";\n{{ ret 1 }}{{ end }}\n{{ if f() == 1 }}\n{{ end }}\n", 2, DisplayName = "a function")]
    [DataRow("{{ capture one }}\n1{{ end }}\n{{ if one == '\\n1' }}\nint cap = \"5\";\n{{ end }}\n", 4, DisplayName = "captured text")]
    [DataRow("\r\nint cap = \"5\";\r\n", 2, DisplayName = "lines of Windows")]
    public void ErrorInEmittedCode_IsToldAtTheTemplate(string template, int line)
    {
        string[] errors = ErrorsWith(new Template(FinishScores, File, template));

        // Once for each family that finishes scores.
        Assert.AreSequenceEqual([FormattableString.Invariant($"{File}({line})")], errors);
    }

    [TestMethod]
    public void ErrorInAnIncludedTemplate_IsToldThere_AndWhatFollowsAtItsOwnPlace()
    {
        string[] errors = ErrorsWith(
            new Template(FinishScores, File, "// one\n{{~ include 'mine/rule.sbn' ~}}\nint behind = \"5\";\n"),
            new Template("mine/rule.sbn", "/project/rule.sbn", "int inside = \"5\";\n"));

        Assert.AreSequenceEqual([File + "(3)", "/project/rule.sbn(1)"], errors);
    }

    [TestMethod]
    public void ErrorThatATemplateLeavesToTheRest_IsToldInTheEmittedFile()
    {
        string[] errors = ErrorsWith(new Template(FinishScores, File, "{\n"));

        Assert.IsNotEmpty(errors);
        Assert.IsEmpty(errors.Where(place => place.StartsWith(File, StringComparison.Ordinal)));
    }

    [TestMethod]
    public void Directives_StandAroundTheTemplateAlone()
    {
        GeneratorRun run = RunWith(new Template(FinishScores, File, "// Mine.\n\n{{~ # nothing ~}}\n_ = score;\n"));
        string[] lines = run.Files["Models.OneHeadDim.CpuD40.g.cs"].Split('\n');
        int first = Array.FindIndex(lines, line => line.Contains("#line", StringComparison.Ordinal));

        Assert.AreSequenceEqual(
            [$"    #line 1 \"{File}\"", "    // Mine.", "", $"    #line 4 \"{File}\"", "    _ = score;", "    #line default"],
            lines[first..(first + 6)]);
        Assert.HasCount(3 * 3, lines.Where(line => line.Contains("#line", StringComparison.Ordinal)));
    }

    [TestMethod]
    public void TemplateOfItsOwnClass_IsMappedAsAWhole()
    {
        string[] errors = ErrorsWith(
            new Template("cpu/kernels.cs.sbn", File, "private static unsafe class {{ class_name }}\n{\n    int field = \"5\";\n}"));

        Assert.Contains(File + "(3)", errors);
    }

    [TestMethod]
    [DataRow("/project/a\"b.sbn", DisplayName = "a quote")]
    [DataRow("", DisplayName = "no path")]
    public void PathThatCannotStandInADirective_IsLeftOut(string path)
    {
        GeneratorRun run = RunWith(new Template(FinishScores, path, "// Mine.\n"));

        Assert.DoesNotContain("#line", run.Files["Models.OneHeadDim.CpuD40.g.cs"]);
        Assert.Contains("// Mine.", run.Files["Models.OneHeadDim.CpuD40.g.cs"]);
    }

    [TestMethod]
    public void MarksInATemplate_AreNoMarks()
    {
        GeneratorRun run = RunWith(new Template(FinishScores, File, "// {{ '\\uFFFF9:9\\uFFFF' }}\n{{ '\\uFFFF99999999999:9\\uFFFF' }}\n"));

        Assert.IsNull(run.Result.Exception);
        Assert.IsNotEmpty(run.Files);
    }

    [TestMethod]
    public void CudaText_HasNoPaths()
    {
        GeneratorRun run = RunWith(new Template("cuda/score.cuh.sbn", "/project/score.cuh.sbn", "// Mine.\n"));

        Assert.Contains("// Mine.", run.Files["Models.OneHeadDim.CudaHeaders.g.cs"]);
        foreach (string text in run.Files.Values)
            Assert.DoesNotContain("#line", text);
    }

    private static GeneratorRun RunWith(params Template[] templates) =>
        GeneratorRun.Of(TestCompilation.Create(ModelSources.OneHeadDim), [.. templates.Select(template => template.File)]);

    // Where errors are told, each place once.
    private static string[] ErrorsWith(params Template[] templates) =>
    [
        .. RunWith(templates).Output.GetDiagnostics()
            .Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)
            .Select(diagnostic => diagnostic.Location.GetMappedLineSpan())
            .Select(place => FormattableString.Invariant($"{place.Path}({place.StartLinePosition.Line + 1})"))
            .Distinct()
            .Order(StringComparer.Ordinal),
    ];

    private sealed record Template(string Name, string Path, string Text)
    {
        public AdditionalText File => new InMemoryText(Path, Text, Name);
    }
}
