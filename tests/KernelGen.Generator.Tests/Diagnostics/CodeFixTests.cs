using KernelGen.CodeFixes;
using KernelGen.Generator.Analyzers;

namespace KernelGen.Generator.Tests.Diagnostics;

[TestClass]
public sealed class CodeFixTests
{
    private const string Attribute = "[SliceAttention(HeadDims = [40])]";

    [TestMethod]
    [DataRow("$ class [|M|];", "$ partial class M;")]
    [DataRow("$\n// A model.\npublic sealed class [|M|]\n{\n}\n", "$\n// A model.\npublic sealed partial class M\n{\n}\n")]
    [DataRow("// A model.\n$\nclass [|M|];", "// A model.\n$\npartial class M;")]
    [DataRow("// Around.\nclass [|A|] { $ partial class M; }", "// Around.\npartial class A { $ partial class M; }")]
    [DataRow("/* in */ struct [|A|] { $ partial class M; }", "/* in */ partial struct A { $ partial class M; }")]
    [DataRow("class [|[|A|]|] { $ class [|M|]; $ sealed class [|N|]; } $ class [|O|];", "partial class A { $ partial class M; $ sealed partial class N; } $ partial class O;")]
    public Task TypesThatAreNotPartial_BecomePartial(string before, string after) =>
        AnalyzerTest.FixesAsync<ClassNotPartialAnalyzer, MakePartialCodeFix>(before.Replace("$", Attribute), after.Replace("$", Attribute));

    [TestMethod]
    [DataRow("[[|41|], 80]", "[48, 80]")]
    [DataRow("[ /* odd */ [|41|] /* yes */, 80]", "[ /* odd */ 48 /* yes */, 80]")]
    [DataRow("new[] { [|4|] }", "new[] { 8 }")]
    [DataRow("new int[] { [|1000|] }", "new int[] { 512 }")]
    [DataRow("[[|-8|]]", "[8]")]
    [DataRow("[[|40 + 1|]]", "[48]")]
    [DataRow("[[|1|], [|41|], 80]", "[8, 48, 80]")]
    [DataRow("[|(new[] { 41 })|]", "[|(new[] { 41 })|]")]
    public Task UnsupportedHeadDims_AreRoundedUp(string before, string after) =>
        AnalyzerTest.FixesAsync<UnsupportedHeadDimAnalyzer, RoundValueCodeFix>(Model($"HeadDims = {before}"), Model($"HeadDims = {after}"));

    [TestMethod]
    public Task UnsupportedHeadDimsOfSeveralClasses_AreRoundedUp() => AnalyzerTest.FixesAsync<UnsupportedHeadDimAnalyzer, RoundValueCodeFix>(
        "[SliceAttention(HeadDims = [[|1|], 80])] partial class M; [SliceAttention(HeadDims = new[] { [|81|] })] partial class N;",
        "[SliceAttention(HeadDims = [8, 80])] partial class M; [SliceAttention(HeadDims = new[] { 88 })] partial class N;");

    [TestMethod]
    [DataRow("[[|500|]]", "[512]")]
    [DataRow("new[] { [|0|] }", "new[] { 128 }")]
    [DataRow("new int[] { [|2000000|] }", "new int[] { 1048576 }")]
    public Task UnsupportedSliceRows_AreRoundedUp(string before, string after) => AnalyzerTest.FixesAsync<UnsupportedSliceRowsAnalyzer, RoundValueCodeFix>(
        Model($"HeadDims = [40], SliceRows = {before}"), Model($"HeadDims = [40], SliceRows = {after}"));

    [TestMethod]
    [DataRow("[160, [|40|], [|80|]]", "[40, 80, 160]")]
    [DataRow("[40, [|40|], 80, [|80|]]", "[40, 80]")]
    [DataRow("[ 80, [|40|], [|40|] ]", "[ 40, 80 ]")]
    [DataRow("new[] { 80, [|40|], [|80|] }", "new[] { 40, 80 }")]
    [DataRow("new int[] { 80, [|40|], }", "new int[] { 40, 80, }")]
    [DataRow("new int[3] { 80, [|40|], [|80|] }", "new int[2] { 40, 80 }")]
    [DataRow("[\n    80,\n    [|40|],\n    [|40|]\n]", "[\n    40,\n    80\n]")]
    [DataRow("[80, [|8 * 5|]]", "[8 * 5, 80]")]
    public Task UnorderedHeadDims_AreSorted(string before, string after) =>
        AnalyzerTest.FixesAsync<UnorderedHeadDimsAnalyzer, SortValuesCodeFix>(Model($"HeadDims = {before}"), Model($"HeadDims = {after}"));

    [TestMethod]
    public Task UnorderedHeadDimsOfSeveralClasses_AreSorted() => AnalyzerTest.FixesAsync<UnorderedHeadDimsAnalyzer, SortValuesCodeFix>(
        "[SliceAttention(HeadDims = [160, [|80|], [|40|]])] partial class M; [SliceAttention(HeadDims = new[] { 80, [|40|] })] partial class N;",
        "[SliceAttention(HeadDims = [40, 80, 160])] partial class M; [SliceAttention(HeadDims = new[] { 40, 80 })] partial class N;");

    [TestMethod]
    public Task UnorderedSliceRows_AreSorted() => AnalyzerTest.FixesAsync<UnorderedSliceRowsAnalyzer, SortValuesCodeFix>(
        Model("HeadDims = [40], SliceRows = [512, [|128|], [|512|]]"), Model("HeadDims = [40], SliceRows = [128, 512]"));

    [TestMethod]
    [DataRow("Targets = [KernelTarget.Cpu, [|KernelTarget.Cpu|]]", "Targets = [KernelTarget.Cpu]")]
    [DataRow("Targets = [KernelTarget.Cpu, [|KernelTarget.Cpu|], [|KernelTarget.Cpu|]]", "Targets = [KernelTarget.Cpu]")]
    [DataRow("Families = new[] { KernelFamily.Streaming, KernelFamily.Materialized, [|KernelFamily.Streaming|] }", "Families = new[] { KernelFamily.Streaming, KernelFamily.Materialized }")]
    [DataRow("ElementTypes = new ElementType[] { ElementType.Float16, [|ElementType.Float16|], ElementType.Float32 }", "ElementTypes = new ElementType[] { ElementType.Float16, ElementType.Float32 }")]
    [DataRow("Targets = [|[]|]", "Targets = [|[]|]")]
    [DataRow("Targets = [[|(KernelTarget)7|]]", "Targets = [[|(KernelTarget)7|]]")]
    public Task RepeatedChoices_AreRemoved(string before, string after) =>
        AnalyzerTest.FixesAsync<InvalidChoiceAnalyzer, RemoveRepetitionCodeFix>(Model($"HeadDims = [40], {before}"), Model($"HeadDims = [40], {after}"));

    [TestMethod]
    public Task RepeatedChoicesOfSeveralArguments_AreRemoved() => AnalyzerTest.FixesAsync<InvalidChoiceAnalyzer, RemoveRepetitionCodeFix>(
        Model("HeadDims = [40], Targets = [KernelTarget.Cpu, [|KernelTarget.Cpu|]], Families = [KernelFamily.Streaming, [|KernelFamily.Streaming|]]"),
        Model("HeadDims = [40], Targets = [KernelTarget.Cpu], Families = [KernelFamily.Streaming]"));

    private static string Model(string arguments) => $"[SliceAttention({arguments})] partial class M;";
}
