using KernelGen.Generator.Analyzers;
using KernelGen.Generator.Tests.Compilations;
using Microsoft.CodeAnalysis.Testing;

namespace KernelGen.Generator.Tests.Diagnostics;

/// <summary>Faults in templates of the user's, which reach the compiler as additional files with a template's name as metadata.</summary>
[TestClass]
public sealed class FaultyTemplateTests
{
    private const string Score = "cuda/score.cuh.sbn";

    [TestMethod]
    [DataRow("// fine\n{{ head_dimm }}\n", 2, 4, "unknown name 'head_dimm'; there are no known names", DisplayName = "an unknown name")]
    [DataRow("{{ if true }}\nnever closed", 1, 4, "'if' is not closed; its 'end' is missing", DisplayName = "an unclosed block")]
    public Task FaultInATemplate_IsReportedAtItsPlace(string template, int line, int column, string message) => ReportsAsync(
        ModelSources.OneHeadDim,
        [(Score, template)],
        Fault(line, column, FormattableString.Invariant($"{Score}({line},{column}): {message}")));

    [TestMethod]
    public Task TwoClasses_ReportAFaultOnce() => ReportsAsync(
        ModelSources.OneHeadDim + "\n[SliceAttention(HeadDims = [64], SliceRows = [512])]\npublic sealed partial class Second;",
        [(Score, "{{ unknown }}")],
        Fault(1, 4, Score + "(1,4): unknown name 'unknown'; there are no known names"));

    [TestMethod]
    public Task SoundTemplate_IsNotReported() => ReportsAsync(ModelSources.OneHeadDim, [(Score, "// {{ 6 * 7 }}\n")]);

    [TestMethod]
    public Task TemplateWithAMistypedName_IsReportedWithTheNearest() => ReportsAsync(
        ModelSources.OneHeadDim,
        [("cpu/finish-score.cs.sbn", "{{ unknown }}")],
        Unused("cpu/finish-score.cs.sbn", "cpu/finish-scores.cs.sbn, cpu/few-queries.cs.sbn, cpu/value-tile.cs.sbn"));

    [TestMethod]
    public Task TemplateNameInAnotherCase_IsReportedWithTheNearest() => ReportsAsync(
        ModelSources.OneHeadDim,
        [("cuda/Score.cuh.sbn", "")],
        Unused("cuda/Score.cuh.sbn", "cuda/score.cuh.sbn, cuda/slice.cuh.sbn, cuda/simt.cuh.sbn"));

    [TestMethod]
    public Task TemplateWithAMistypedName_IsReportedWithoutAClass() => ReportsAsync(
        "class Other;", [("score.cuh.sbn", "")], Unused("score.cuh.sbn", "cuda/score.cuh.sbn, cuda/slice.cuh.sbn, cuda/simt.cuh.sbn"));

    [TestMethod]
    public Task TemplateThatAnotherIncludes_IsNotReported() => ReportsAsync(
        ModelSources.OneHeadDim,
        [
            ("cpu/finish-scores.cs.sbn", "{{ include 'mine/cap.cs.sbn' }}"),
            ("mine/cap.cs.sbn", "// cap"),
            (Score, "#include \"kernelgen_mine_bias.cuh\""),
            ("cuda/mine/bias.cuh.sbn", "// bias"),
        ]);

    private static DiagnosticResult Fault(int line, int column, string message) =>
        new DiagnosticResult(DiagnosticDescriptors.FaultyTemplate).WithLocation("/" + Score, line, column).WithMessage(message);

    private static DiagnosticResult Unused(string name, string nearest) => new DiagnosticResult(DiagnosticDescriptors.UnusedTemplate)
        .WithLocation("/" + name, 1, 1)
        .WithMessage($"No template of the package is named '{name}', and no other file includes it, so that it changes nothing: "
            + $"the nearest names are {nearest}");

    private static Task ReportsAsync(string source, (string Name, string Text)[] templates, params DiagnosticResult[] expected)
    {
        var test = new ModelAnalyzerTest([new TemplateAnalyzer()]) { TestCode = source };
        foreach ((string name, string text) in templates)
            test.AddTemplate(name, text);
        test.ExpectedDiagnostics.AddRange(expected);
        return test.RunAsync();
    }
}
