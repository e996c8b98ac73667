namespace KernelGen.Generator.Tests.Diagnostics;

[TestClass]
public sealed class HeadDimDiagnosticsTests
{
    [TestMethod]
    [DataRow("[[|41|], 80, [|4|], [|520|], [|0|], [|-8|]]")]
    [DataRow("new[] { 40, [|41|] }")]
    [DataRow("new int[] { 40, [|41|] }")]
    [DataRow("new int[2] { 40, [|41|] }")]
    [DataRow("[40, [|Dims.Odd|], [|Dims.Odd + 2|]]")]
    public async Task UnsupportedHeadDim_IsReportedAtTheElement(string array)
    {
        await AnalyzerTest.ReportsAsync("KGEN0002",
            $"static class Dims {{ public const int Odd = 41; }} [SliceAttention(HeadDims = {array})] partial class M;");
    }

    [TestMethod]
    [DataRow("[8, 40, 512]")]
    [DataRow("new[] { 8, 512 }")]
    [DataRow("[]")]
    public async Task SupportedHeadDims_AreNotReported(string array)
    {
        await AnalyzerTest.ReportsAsync("KGEN0002", $"[SliceAttention(HeadDims = {array})] partial class M;");
    }

    [TestMethod]
    public async Task UnsupportedHeadDim_NamesTheNextSupportedOne()
    {
        await AnalyzerTest.ReportsAsync(
            "KGEN0002",
            "[SliceAttention(HeadDims = [[|41|], [|1000|]])] partial class M;",
            "Head dim 41 is not supported: a head dim is a multiple of 8 from 8 to 512, such as 48",
            "Head dim 1000 is not supported: a head dim is a multiple of 8 from 8 to 512, such as 512");
    }

    [TestMethod]
    public async Task ArrayInAnotherForm_IsReportedAsAWhole()
    {
        await AnalyzerTest.ReportsAsync("KGEN0002", "[SliceAttention(HeadDims = [|(new[] { 40, 41 })|])] partial class M;");
    }

    [TestMethod]
    [DataRow("[[|SliceAttention|]]")]
    [DataRow("[[|SliceAttention(SliceRows = [128])|]]")]
    [DataRow("[SliceAttention(HeadDims = [|[]|])]")]
    [DataRow("[SliceAttention(HeadDims = [|new int[0]|])]")]
    [DataRow("[SliceAttention(HeadDims = [|null!|])]")]
    public async Task MissingHeadDims_AreReported(string attribute)
    {
        await AnalyzerTest.ReportsAsync("KGEN0003", $"{attribute} partial class M;");
    }

    [TestMethod]
    public async Task OneHeadDim_IsNotMissing()
    {
        await AnalyzerTest.ReportsAsync("KGEN0003", "[SliceAttention(HeadDims = [40])] partial class M;");
    }

    [TestMethod]
    public async Task UnorderedHeadDims_AreReportedAtEachElement()
    {
        await AnalyzerTest.ReportsAsync(
            "KGEN0004",
            "[SliceAttention(HeadDims = [80, [|40|], 160, [|160|], [|96|]])] partial class M;",
            "Head dim 40 is out of order: list head dims in ascending order, each once",
            "Head dim 160 is repeated: list head dims in ascending order, each once",
            "Head dim 96 is out of order: list head dims in ascending order, each once");
    }

    [TestMethod]
    public async Task OrderedHeadDims_AreNotReported()
    {
        await AnalyzerTest.ReportsAsync("KGEN0004", "[SliceAttention(HeadDims = [40, 80, 160])] partial class M;");
    }

    [TestMethod]
    public async Task EveryAttributeOfAClass_IsLookedAt()
    {
        await AnalyzerTest.ReportsAsync("KGEN0002",
            "[SliceAttention(HeadDims = [40])] partial class M; [SliceAttention(HeadDims = [[|41|]]), SliceAttention(HeadDims = "
                + "[[|42|]])] partial class M;");
    }

    [TestMethod]
    public async Task AttributeOfTheSameName_IsNotLookedAt()
    {
        await AnalyzerTest.ReportsAsync("KGEN0002", """
            namespace Other
            {
                class SliceAttentionAttribute : System.Attribute { public int[] HeadDims { get; set; } = []; }
                [SliceAttention(HeadDims = [41])] class M;
            }
            """);
    }
}
