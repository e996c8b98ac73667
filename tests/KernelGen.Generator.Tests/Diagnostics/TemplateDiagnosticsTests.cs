using KernelGen.Generator.Analyzers;
using KernelGen.Generator.Tests.Compilations;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Testing;

namespace KernelGen.Generator.Tests.Diagnostics;

/// <summary>Faults in templates of the user's, which reach analyzers as additional files with a template's name as metadata.</summary>
[TestClass]
public sealed class TemplateDiagnosticsTests
{
    private const string Score = "cuda/score.cuh.sbn";

    [TestMethod]
    [DataRow("// fine\n{{ head_dimm }}\n", 2, 4, Score + "(2,4): unknown name 'head_dimm'; there are no known names", DisplayName = "an unknown name")]
    [DataRow("{{ if true }}\nnever closed", 1, 4, Score + "(1,4): 'if' is not closed; its 'end' is missing", DisplayName = "an unclosed block")]
    public Task FaultInATemplate_IsReportedAtItsPlace(string template, int line, int column, string message) => ReportsAsync(
        new FaultyTemplateAnalyzer(), ModelSources.OneHeadDim, [(Score, template)], Fault(Score, line, column).WithMessage(message));

    [TestMethod]
    public Task TwoClasses_ReportAFaultOnce() => ReportsAsync(
        new FaultyTemplateAnalyzer(),
        ModelSources.OneHeadDim + "\n[SliceAttention(HeadDims = [64], SliceRows = [512])] public sealed partial class Second;",
        [(Score, "{{ unknown }}")],
        Fault(Score, 1, 4));

    [TestMethod]
    public Task SoundTemplate_AndOneThatNoKernelUses_AreNotFaulty() => ReportsAsync(
        new FaultyTemplateAnalyzer(), ModelSources.OneHeadDim, [(Score, "// {{ 6 * 7 }}\n"), ("mine/unused.sbn", "{{ unknown }}")]);

    [TestMethod]
    public Task NameOfNoTemplate_IsReportedWithTheNearest() => ReportsAsync(
        new UnknownTemplateAnalyzer(),
        ModelSources.OneHeadDim,
        [("cuda/scores.cuh.sbn", "")],
        Unknown("cuda/scores.cuh.sbn").WithMessage(
            "There is no template 'cuda/scores.cuh.sbn', and no template of this project includes one; the nearest names are 'cuda/score.cuh.sbn', 'cuda/slice.cuh.sbn', 'cuda/simt.cuh.sbn'"));

    [TestMethod]
    public Task NameOfNoTemplate_IsReportedWithoutAClassAsWell() => ReportsAsync(
        new UnknownTemplateAnalyzer(), "class Other;", [("score.cuh.sbn", "")], Unknown("score.cuh.sbn"));

    [TestMethod]
    public Task NameInAnotherCase_IsNoTemplate() => ReportsAsync(new UnknownTemplateAnalyzer(), "", [("cuda/Score.cuh.sbn", "")], Unknown("cuda/Score.cuh.sbn"));

    [TestMethod]
    public Task OverrideAndItsPartial_AreKnown() => ReportsAsync(
        new UnknownTemplateAnalyzer(), ModelSources.OneHeadDim, [(Score, "{{ include 'mine/rule.sbn' }}"), ("mine/rule.sbn", "{{ include \"mine/inner.sbn\" }}"), ("mine/inner.sbn", "")]);

    private static DiagnosticResult Fault(string path, int line, int column) =>
        new DiagnosticResult(DiagnosticDescriptors.FaultyTemplate).WithLocation("/" + path, line, column);

    private static DiagnosticResult Unknown(string path) => new DiagnosticResult(DiagnosticDescriptors.UnknownTemplate).WithLocation("/" + path, 1, 1);

    private static Task ReportsAsync(DiagnosticAnalyzer analyzer, string source, (string Name, string Text)[] templates, params DiagnosticResult[] expected)
    {
        var test = new ModelAnalyzerTest(analyzer) { TestCode = source };
        string config = "is_global = true\n";
        foreach ((string name, string text) in templates)
        {
            test.TestState.AdditionalFiles.Add(("/" + name, text));
            config += $"[/{name}]\nbuild_metadata.AdditionalFiles.KernelGenTemplate = {name}\n";
        }

        test.TestState.AnalyzerConfigFiles.Add(("/.globalconfig", config));
        test.ExpectedDiagnostics.AddRange(expected);
        return test.RunAsync();
    }
}
