using KernelGen.CodeFixes;
using KernelGen.Generator.Analyzers;

namespace KernelGen.Generator.Tests.Diagnostics;

/// <summary>What code fixes make of the marked faults: one by one, and all of a document, a project and a solution at once.</summary>
[TestClass]
public sealed class CodeFixTests
{
    private const string Attribute = "[SliceAttention(HeadDims = [40])]";

    [TestMethod]
    [DataRow("$ class {|KGEN0001:M|};", "$ partial class M;")]
    [DataRow("$\n// A model.\npublic sealed class {|KGEN0001:M|}\n{\n}\n", "$\n// A model.\npublic sealed partial class M\n{\n}\n")]
    [DataRow("// A model.\n$\nclass {|KGEN0001:M|};", "// A model.\n$\npartial class M;")]
    [DataRow("// Around.\nclass {|KGEN0001:A|} { $ partial class M; }", "// Around.\npartial class A { $ partial class M; }")]
    [DataRow("/* in */ struct {|KGEN0001:A|} { $ partial class M; }", "/* in */ partial struct A { $ partial class M; }")]
    [DataRow("class {|KGEN0001:A|} { $ class {|KGEN0001:M|}; $ sealed class {|KGEN0001:N|}; } $ class {|KGEN0001:O|};",
        "partial class A { $ partial class M; $ sealed partial class N; } $ partial class O;")]
    public Task TypesThatAreNotPartial_BecomePartial(string before, string after) =>
        AnalyzerTest.FixesAsync<ModelClassAnalyzer, MakePartialCodeFix>(before.Replace("$", Attribute), after.Replace("$", Attribute));

    [TestMethod]
    [DataRow("[{|KGEN0002:41|}, 80]", "[48, 80]")]
    [DataRow("[ /* odd */ {|KGEN0002:41|} /* yes */, 80]", "[ /* odd */ 48 /* yes */, 80]")]
    [DataRow("new[] { {|KGEN0002:4|} }", "new[] { 8 }")]
    [DataRow("new int[] { {|KGEN0002:1000|} }", "new int[] { 512 }")]
    [DataRow("[{|KGEN0002:-8|}]", "[8]")]
    [DataRow("[{|KGEN0002:40 + 1|}]", "[48]")]
    [DataRow("[{|KGEN0002:1|}, {|KGEN0002:41|}, 80]", "[8, 48, 80]")]
    [DataRow("{|KGEN0002:(new[] { 41 })|}", "{|KGEN0002:(new[] { 41 })|}")]
    public Task UnsupportedHeadDims_AreRoundedUp(string before, string after) =>
        AnalyzerTest.FixesAsync<ArgumentAnalyzer, RoundValueCodeFix>(Model($"HeadDims = {before}"), Model($"HeadDims = {after}"));

    [TestMethod]
    public Task UnsupportedHeadDimsOfSeveralClasses_AreRoundedUp() => AnalyzerTest.FixesAsync<ArgumentAnalyzer, RoundValueCodeFix>(
        "[SliceAttention(HeadDims = [{|KGEN0002:1|}, 80])] partial class M; "
            + "[SliceAttention(HeadDims = new[] { {|KGEN0002:81|} })] partial class N;",
        "[SliceAttention(HeadDims = [8, 80])] partial class M; [SliceAttention(HeadDims = new[] { 88 })] partial class N;");

    [TestMethod]
    [DataRow("[{|KGEN0005:500|}]", "[512]")]
    [DataRow("new[] { {|KGEN0005:0|} }", "new[] { 128 }")]
    [DataRow("new int[] { {|KGEN0005:2000000|} }", "new int[] { 1048576 }")]
    public Task UnsupportedSliceRows_AreRoundedUp(string before, string after) =>
        AnalyzerTest.FixesAsync<ArgumentAnalyzer, RoundValueCodeFix>(
            Model($"HeadDims = [40], SliceRows = {before}"), Model($"HeadDims = [40], SliceRows = {after}"));

    [TestMethod]
    [DataRow("[160, {|KGEN0004:40|}, {|KGEN0004:80|}]", "[40, 80, 160]")]
    [DataRow("[40, {|KGEN0004:40|}, 80, {|KGEN0004:80|}]", "[40, 80]")]
    [DataRow("[ 80, {|KGEN0004:40|}, {|KGEN0004:40|} ]", "[ 40, 80 ]")]
    [DataRow("new[] { 80, {|KGEN0004:40|}, {|KGEN0004:80|} }", "new[] { 40, 80 }")]
    [DataRow("new int[] { 80, {|KGEN0004:40|}, }", "new int[] { 40, 80, }")]
    [DataRow("new int[3] { 80, {|KGEN0004:40|}, {|KGEN0004:80|} }", "new int[2] { 40, 80 }")]
    [DataRow("[\n    80,\n    {|KGEN0004:40|},\n    {|KGEN0004:40|}\n]", "[\n    40,\n    80\n]")]
    [DataRow("[80, {|KGEN0004:8 * 5|}]", "[8 * 5, 80]")]
    public Task UnorderedHeadDims_AreSorted(string before, string after) =>
        AnalyzerTest.FixesAsync<ArgumentAnalyzer, SortValuesCodeFix>(Model($"HeadDims = {before}"), Model($"HeadDims = {after}"));

    [TestMethod]
    public Task UnorderedHeadDimsOfSeveralClasses_AreSorted() => AnalyzerTest.FixesAsync<ArgumentAnalyzer, SortValuesCodeFix>(
        "[SliceAttention(HeadDims = [160, {|KGEN0004:80|}, {|KGEN0004:40|}])] partial class M; "
            + "[SliceAttention(HeadDims = new[] { 80, {|KGEN0004:40|} })] partial class N;",
        "[SliceAttention(HeadDims = [40, 80, 160])] partial class M; [SliceAttention(HeadDims = new[] { 40, 80 })] partial class N;");

    [TestMethod]
    public Task UnorderedSliceRows_AreSorted() => AnalyzerTest.FixesAsync<ArgumentAnalyzer, SortValuesCodeFix>(
        Model("HeadDims = [40], SliceRows = [512, {|KGEN0006:128|}, {|KGEN0006:512|}]"), Model("HeadDims = [40], SliceRows = [128, 512]"));

    [TestMethod]
    [DataRow("Targets = [KernelTarget.Cpu, {|KGEN0007:KernelTarget.Cpu|}]", "Targets = [KernelTarget.Cpu]")]
    [DataRow("Targets = [KernelTarget.Cpu, {|KGEN0007:KernelTarget.Cpu|}, {|KGEN0007:KernelTarget.Cpu|}]", "Targets = [KernelTarget.Cpu]")]
    [DataRow("Families = new[] { KernelFamily.Streaming, KernelFamily.Materialized, {|KGEN0007:KernelFamily.Streaming|} }",
        "Families = new[] { KernelFamily.Streaming, KernelFamily.Materialized }")]
    [DataRow("ElementTypes = new ElementType[] { ElementType.Float16, {|KGEN0007:ElementType.Float16|}, ElementType.Float32 }",
        "ElementTypes = new ElementType[] { ElementType.Float16, ElementType.Float32 }")]
    [DataRow("Targets = {|KGEN0007:[]|}", "Targets = {|KGEN0007:[]|}")]
    [DataRow("Targets = [{|KGEN0007:(KernelTarget)7|}]", "Targets = [{|KGEN0007:(KernelTarget)7|}]")]
    public Task RepeatedChoices_AreRemoved(string before, string after) =>
        AnalyzerTest.FixesAsync<ArgumentAnalyzer, RemoveRepetitionCodeFix>(
            Model($"HeadDims = [40], {before}"), Model($"HeadDims = [40], {after}"));

    [TestMethod]
    public Task RepeatedChoicesOfSeveralArguments_AreRemoved() => AnalyzerTest.FixesAsync<ArgumentAnalyzer, RemoveRepetitionCodeFix>(
        Model("HeadDims = [40], Targets = [KernelTarget.Cpu, {|KGEN0007:KernelTarget.Cpu|}], "
            + "Families = [KernelFamily.Streaming, {|KGEN0007:KernelFamily.Streaming|}]"),
        Model("HeadDims = [40], Targets = [KernelTarget.Cpu], Families = [KernelFamily.Streaming]"));

    private static string Model(string arguments) => $"[SliceAttention({arguments})] partial class M;";
}
