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
    public async Task SoundTemplate_AndOneThatNoKernelUses_AreNotReported()
    {
        Assert.IsEmpty(await DiagnosticsAsync(
            ModelSources.OneHeadDim, new InMemoryText(Score, "// {{ 6 * 7 }}\n"), new InMemoryText("mine/unused.sbn", "{{ unknown }}")));
    }

    private static Task<ImmutableArray<Diagnostic>> DiagnosticsAsync(string source, params AdditionalText[] templates) =>
        TestCompilation.Create(source)
            .WithAnalyzers([new FaultyTemplateAnalyzer()], new AnalyzerOptions([.. templates], new TemplateNames()))
            .GetAnalyzerDiagnosticsAsync();
}
