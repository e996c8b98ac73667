namespace KernelGen.Generator.Tests.Diagnostics;

[TestClass]
public sealed class SliceRowsDiagnosticsTests
{
    [TestMethod]
    [DataRow("[128, [|129|], [|64|], [|1048704|], [|-128|]]")]
    [DataRow("new[] { [|100|], 1048576 }")]
    [DataRow("new int[] { [|0|] }")]
    public async Task UnsupportedSliceRows_AreReportedAtTheElement(string array)
    {
        await AnalyzerTest.ReportsAsync("KGEN0005", $"[SliceAttention(HeadDims = [40], SliceRows = {array})] partial class M;");
    }

    [TestMethod]
    [DataRow(", SliceRows = [128, 1048576]")]
    [DataRow("")]
    public async Task SupportedSliceRows_AreNotReported(string argument)
    {
        await AnalyzerTest.ReportsAsync("KGEN0005", $"[SliceAttention(HeadDims = [40]{argument})] partial class M;");
    }

    [TestMethod]
    public async Task UnsupportedSliceRows_NameTheNextSupportedOnes()
    {
        await AnalyzerTest.ReportsAsync(
            "KGEN0005",
            "[SliceAttention(HeadDims = [40], SliceRows = [[|500|]])] partial class M;",
            "A slice of 500 rows is not supported: a slice size is a multiple of 128 from 128 to 1048576, such as 512");
    }

    [TestMethod]
    public async Task UnorderedSliceRows_AreReportedAtEachElement()
    {
        await AnalyzerTest.ReportsAsync(
            "KGEN0006", "[SliceAttention(HeadDims = [40], SliceRows = new[] { 512, [|512|], [|128|], 1024 })] partial class M;");
    }

    [TestMethod]
    public async Task OrderedSliceRows_AreNotReported()
    {
        await AnalyzerTest.ReportsAsync("KGEN0006", "[SliceAttention(HeadDims = [40], SliceRows = [128, 512])] partial class M;");
    }

    [TestMethod]
    [DataRow("SliceRows = [|[]|]")]
    [DataRow("SliceRows = [|new int[] { }|], Families = [KernelFamily.Streaming, KernelFamily.Materialized]")]
    public async Task MaterializedFamilyWithoutSliceRows_IsReported(string arguments)
    {
        await AnalyzerTest.ReportsAsync("KGEN0012", $"[SliceAttention(HeadDims = [40], {arguments})] partial class M;");
    }

    [TestMethod]
    [DataRow("SliceRows = [], Families = [KernelFamily.Streaming]")]
    [DataRow("SliceRows = [128]")]
    [DataRow("Families = [KernelFamily.Materialized]")]
    public async Task SliceRowsThatAreNotNeededOrAreThere_AreNotReported(string arguments)
    {
        await AnalyzerTest.ReportsAsync("KGEN0012", $"[SliceAttention(HeadDims = [40], {arguments})] partial class M;");
    }
}
