using System.Collections.Immutable;
using KernelGen.Generator.Analyzers;
using KernelGen.Generator.Tests.Compilations;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace KernelGen.Generator.Tests.Diagnostics;

[TestClass]
public sealed class FaultyTemplateTests
{
    private const string Score = "cuda/score.cuh.sbn";

    [TestMethod]
    [DataRow("// fine\n{{ head_dimm }}\n", 1, 3, "unknown name 'head_dimm'", DisplayName = "an unknown name")]
    [DataRow("{{ if true }}\nnever closed", 0, 3, "if", DisplayName = "an unclosed block")]
    public async Task FaultInATemplate_IsReportedAtItsPlace(string template, int line, int column, string part)
    {
        Diagnostic fault = (await DiagnosticsAsync(ModelSources.OneHeadDim, new InMemoryText(Score, template))).Single();

        FileLinePositionSpan place = fault.Location.GetLineSpan();
        Assert.AreEqual("KGEN0013", fault.Id);
        Assert.AreEqual((Score, line, column), (place.Path, place.StartLinePosition.Line, place.StartLinePosition.Character));
        Assert.Contains(part, fault.GetMessage());
    }

    [TestMethod]
    public async Task TwoClasses_ReportAFaultOnce()
    {
        string source = ModelSources.OneHeadDim + "\n" + """
            [SliceAttention(HeadDims = [64], SliceRows = [512])]
            public sealed partial class Second;
            """;

        Assert.HasCount(1, await DiagnosticsAsync(source, new InMemoryText(Score, "{{ unknown }}")));
    }

    [TestMethod]
    public async Task SoundTemplate_IsNotReported() =>
        Assert.IsEmpty(await DiagnosticsAsync(ModelSources.OneHeadDim, new InMemoryText(Score, "// {{ 6 * 7 }}\n")));

    [TestMethod]
    public async Task TemplateWithAMistypedName_IsReported()
    {
        Diagnostic fault =
            (await DiagnosticsAsync(ModelSources.OneHeadDim, new InMemoryText("cpu/finish-score.cs.sbn", "{{ unknown }}"))).Single();

        Assert.AreEqual(("KGEN0017", "cpu/finish-score.cs.sbn"), (fault.Id, fault.Location.GetLineSpan().Path));
        Assert.AreEqual(
            "No template of the package is named 'cpu/finish-score.cs.sbn', and no other file includes it, so that it changes nothing: "
            + "the nearest names are cpu/finish-scores.cs.sbn, cpu/value-tile.cs.sbn, cpu/kernels.cs.sbn",
            fault.GetMessage(System.Globalization.CultureInfo.InvariantCulture));
    }

    [TestMethod]
    public async Task TemplateThatAnotherIncludes_IsNotReported() => Assert.IsEmpty(await DiagnosticsAsync(
        ModelSources.OneHeadDim,
        new InMemoryText("cpu/finish-scores.cs.sbn", "{{ include 'mine/cap.cs.sbn' }}"),
        new InMemoryText("mine/cap.cs.sbn", "// cap"),
        new InMemoryText(Score, "#include \"kernelgen_mine_bias.cuh\""),
        new InMemoryText("cuda/mine/bias.cuh.sbn", "// bias")));

    private static Task<ImmutableArray<Diagnostic>> DiagnosticsAsync(string source, params AdditionalText[] templates) =>
        TestCompilation.Create(source)
            .WithAnalyzers([new TemplateAnalyzer()], new AnalyzerOptions([.. templates], new TemplateNames()))
            .GetAnalyzerDiagnosticsAsync();
}
