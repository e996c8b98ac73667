using KernelGen.CodeFixes;
using KernelGen.Generator.Analyzers;

namespace KernelGen.Generator.Tests.Diagnostics;

[TestClass]
public sealed class CodeFixTests
{
    private const string Attribute = "[SliceAttention(HeadDims = [40])]";

    [TestMethod]
    [DataRow("$ class M;", "$ partial class M;")]
    [DataRow("$\n// A model.\npublic sealed class M\n{\n}\n", "$\n// A model.\npublic sealed partial class M\n{\n}\n")]
    [DataRow("// A model.\n$\nclass M;", "// A model.\n$\npartial class M;")]
    [DataRow("// Around.\nclass A { $ partial class M; }", "// Around.\npartial class A { $ partial class M; }")]
    [DataRow("/* in */ struct A { $ partial class M; }", "/* in */ partial struct A { $ partial class M; }")]
    public async Task ClassNotPartial_BecomesPartial(string before, string after)
    {
        string fixedSource = await CodeFixTest.FixFirstAsync<ModelClassAnalyzer, MakePartialCodeFix>(before.Replace("$", Attribute));

        Assert.AreEqual(after.Replace("$", Attribute), fixedSource);
    }

    [TestMethod]
    public async Task ClassesNotPartial_AllBecomePartial()
    {
        string fixedSource = await CodeFixTest.FixAllAsync<ModelClassAnalyzer, MakePartialCodeFix>(
            "class A { $ class M; $ sealed class N; } $ class O;".Replace("$", Attribute));

        Assert.AreEqual(
            "partial class A { $ partial class M; $ sealed partial class N; } $ partial class O;".Replace("$", Attribute), fixedSource);
    }

    [TestMethod]
    [DataRow("[41, 80]", "[48, 80]")]
    [DataRow("[ /* odd */ 41 /* yes */, 80]", "[ /* odd */ 48 /* yes */, 80]")]
    [DataRow("new[] { 4 }", "new[] { 8 }")]
    [DataRow("new int[] { 1000 }", "new int[] { 512 }")]
    [DataRow("[-8]", "[8]")]
    [DataRow("[40 + 1]", "[48]")]
    [DataRow("(new[] { 41 })", "(new[] { 41 })")]
    public async Task UnsupportedHeadDim_IsRoundedUp(string before, string after)
    {
        string fixedSource =
            await CodeFixTest.FixFirstAsync<ArgumentAnalyzer, RoundValueCodeFix>($"[SliceAttention(HeadDims = {before})] partial class M;");

        Assert.AreEqual($"[SliceAttention(HeadDims = {after})] partial class M;", fixedSource);
    }

    [TestMethod]
    public async Task UnsupportedHeadDims_AreAllRoundedUp()
    {
        string fixedSource = await CodeFixTest.FixAllAsync<ArgumentAnalyzer, RoundValueCodeFix>(
            "[SliceAttention(HeadDims = [1, 41, 80])] partial class M; [SliceAttention(HeadDims = new[] { 81 })] partial class N;");

        Assert.AreEqual("[SliceAttention(HeadDims = [8, 48, 80])] partial class M; [SliceAttention(HeadDims = new[] { 88 })] partial "
            + "class N;", fixedSource);
    }

    [TestMethod]
    [DataRow("[500]", "[512]")]
    [DataRow("new[] { 0 }", "new[] { 128 }")]
    [DataRow("new int[] { 2000000 }", "new int[] { 1048576 }")]
    public async Task UnsupportedSliceRows_AreRoundedUp(string before, string after)
    {
        string fixedSource = await CodeFixTest.FixFirstAsync<ArgumentAnalyzer, RoundValueCodeFix>(
            $"[SliceAttention(HeadDims = [40], SliceRows = {before})] partial class M;");

        Assert.AreEqual($"[SliceAttention(HeadDims = [40], SliceRows = {after})] partial class M;", fixedSource);
    }

    [TestMethod]
    [DataRow("[160, 40, 80]", "[40, 80, 160]")]
    [DataRow("[40, 40, 80, 80]", "[40, 80]")]
    [DataRow("[ 80, 40, 40 ]", "[ 40, 80 ]")]
    [DataRow("new[] { 80, 40, 80 }", "new[] { 40, 80 }")]
    [DataRow("new int[] { 80, 40, }", "new int[] { 40, 80, }")]
    [DataRow("new int[3] { 80, 40, 80 }", "new int[2] { 40, 80 }")]
    [DataRow("[\n    80,\n    40,\n    40\n]", "[\n    40,\n    80\n]")]
    [DataRow("[80, 8 * 5]", "[8 * 5, 80]")]
    public async Task UnorderedHeadDims_AreSorted(string before, string after)
    {
        string fixedSource =
            await CodeFixTest.FixFirstAsync<ArgumentAnalyzer, SortValuesCodeFix>($"[SliceAttention(HeadDims = {before})] partial class M;");

        Assert.AreEqual($"[SliceAttention(HeadDims = {after})] partial class M;", fixedSource);
    }

    [TestMethod]
    public async Task UnorderedHeadDims_AreAllSorted()
    {
        string fixedSource = await CodeFixTest.FixAllAsync<ArgumentAnalyzer, SortValuesCodeFix>(
            "[SliceAttention(HeadDims = [160, 80, 40])] partial class M; [SliceAttention(HeadDims = new[] { 80, 40 })] partial class N;");

        Assert.AreEqual("[SliceAttention(HeadDims = [40, 80, 160])] partial class M; [SliceAttention(HeadDims = new[] { 40, 80 })] "
            + "partial class N;", fixedSource);
    }

    [TestMethod]
    public async Task UnorderedSliceRows_AreSorted()
    {
        string fixedSource = await CodeFixTest.FixFirstAsync<ArgumentAnalyzer, SortValuesCodeFix>(
            "[SliceAttention(HeadDims = [40], SliceRows = [512, 128, 512])] partial class M;");

        Assert.AreEqual("[SliceAttention(HeadDims = [40], SliceRows = [128, 512])] partial class M;", fixedSource);
    }

    [TestMethod]
    [DataRow("Targets = [KernelTarget.Cpu, KernelTarget.Cpu]", "Targets = [KernelTarget.Cpu]")]
    [DataRow("Families = new[] { KernelFamily.Streaming, KernelFamily.Materialized, KernelFamily.Streaming }",
        "Families = new[] { KernelFamily.Streaming, KernelFamily.Materialized }")]
    [DataRow("ElementTypes = new ElementType[] { ElementType.Float16, ElementType.Float16, ElementType.Float32 }",
        "ElementTypes = new ElementType[] { ElementType.Float16, ElementType.Float32 }")]
    [DataRow("Targets = []", "Targets = []")]
    [DataRow("Targets = [(KernelTarget)7]", "Targets = [(KernelTarget)7]")]
    public async Task RepeatedChoice_IsRemoved(string before, string after)
    {
        string fixedSource =
            await CodeFixTest.FixFirstAsync<ArgumentAnalyzer, RemoveRepetitionCodeFix>(
                $"[SliceAttention(HeadDims = [40], {before})] partial class M;");

        Assert.AreEqual($"[SliceAttention(HeadDims = [40], {after})] partial class M;", fixedSource);
    }

    [TestMethod]
    public async Task RepeatedChoices_AreAllRemoved()
    {
        string fixedSource = await CodeFixTest.FixAllAsync<ArgumentAnalyzer, RemoveRepetitionCodeFix>(
            "[SliceAttention(HeadDims = [40], Targets = [KernelTarget.Cpu, KernelTarget.Cpu, KernelTarget.Cpu], Families = "
                + "[KernelFamily.Streaming, KernelFamily.Streaming])] partial class M;");

        Assert.AreEqual("[SliceAttention(HeadDims = [40], Targets = [KernelTarget.Cpu], Families = [KernelFamily.Streaming])] partial "
            + "class M;", fixedSource);
    }
}
