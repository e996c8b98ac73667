namespace KernelGen.Generator.Tests.Diagnostics;

[TestClass]
public sealed class ChoiceDiagnosticsTests
{
    [TestMethod]
    [DataRow("ElementTypes = [|[]|]",
        "'ElementTypes' is empty: name at least one of Float16, BFloat16, Float32, or leave the argument out")]
    [DataRow("Families = [|new KernelFamily[0]|]",
        "'Families' is empty: name at least one of Materialized, Streaming, or leave the argument out")]
    [DataRow("Targets = [|null!|]", "'Targets' is empty: name at least one of Cpu, Simt, Sm80, Sm90a, or leave the argument out")]
    [DataRow("ElementTypes = [ElementType.Float16, [|ElementType.Float16|]]",
        "'ElementTypes' names Float16 more than once: remove the repetition")]
    [DataRow("Families = new[] { KernelFamily.Streaming, [|KernelFamily.Streaming|] }",
        "'Families' names Streaming more than once: remove the repetition")]
    [DataRow("Targets = new KernelTarget[] { KernelTarget.Cpu, KernelTarget.Simt, [|KernelTarget.Cpu|] }",
        "'Targets' names Cpu more than once: remove the repetition")]
    [DataRow("Targets = [[|(KernelTarget)7|]]", "'Targets' has the value 7, which is not one of Cpu, Simt, Sm80, Sm90a")]
    [DataRow("ElementTypes = [[|(ElementType)(-1)|], ElementType.Float16]",
        "'ElementTypes' has the value -1, which is not one of Float16, BFloat16, Float32")]
    public async Task InvalidChoice_IsReportedAtTheElement(string argument, string message)
    {
        await AnalyzerTest.ReportsAsync("KGEN0007", $"[SliceAttention(HeadDims = [40], {argument})] partial class M;", message);
    }

    [TestMethod]
    [DataRow("[SliceAttention(HeadDims = [40])]")]
    [DataRow("[SliceAttention(HeadDims = [40], Targets = [KernelTarget.Simt, KernelTarget.Cpu], ElementTypes = [ElementType.Float32], "
        + "Families = [KernelFamily.Streaming])]")]
    public async Task ValidChoice_IsNotReported(string attribute)
    {
        await AnalyzerTest.ReportsAsync("KGEN0007", $"{attribute} partial class M;");
    }

    [TestMethod]
    [DataRow("[[|SliceAttention(HeadDims = [40])|]]")]
    [DataRow("[SliceAttention(HeadDims = [40], Targets = [KernelTarget.Simt, [|KernelTarget.Cpu|]])]")]
    [DataRow("[SliceAttention(HeadDims = [40], Targets = [KernelTarget.Simt])] [[|SliceAttention(HeadDims = [80])|]] "
        + "[SliceAttention(HeadDims = [88])]")]
    public async Task CpuKernelsWithoutUnsafeCode_AreReportedOnce(string attributes)
    {
        await AnalyzerTest.ReportsAsync(
            "KGEN0009",
            $"{attributes} partial class M;",
            allowUnsafe: false,
            "The CPU kernels of 'M' need unsafe code: set <AllowUnsafeBlocks>true</AllowUnsafeBlocks> in the project, or leave Cpu out "
                + "of Targets");
    }

    [TestMethod]
    [DataRow("[SliceAttention(HeadDims = [40], Targets = [KernelTarget.Simt])]", false)]
    [DataRow("[SliceAttention(HeadDims = [40])]", true)]
    public async Task UnsafeCodeThatIsNotNeededOrAllowed_IsNotReported(string attribute, bool allowUnsafe)
    {
        await AnalyzerTest.ReportsAsync("KGEN0009", $"{attribute} partial class M;", allowUnsafe);
    }

    [TestMethod]
    [DataRow("[SliceAttention(HeadDims = [40, 80])] [[|SliceAttention(HeadDims = [80])|]]")]
    [DataRow("[SliceAttention(HeadDims = [40])] [SliceAttention(HeadDims = [80])] [[|SliceAttention(HeadDims = [40, 80], Targets = "
        + "[KernelTarget.Cpu])|]]")]
    [DataRow("[SliceAttention(HeadDims = [40])] [[|SliceAttention(HeadDims = [40], SliceRows = [128], Families = "
        + "[KernelFamily.Streaming])|]]")]
    public async Task AttributeThatAddsNoVariant_IsReported(string attributes)
    {
        await AnalyzerTest.ReportsAsync("KGEN0010", $"{attributes} partial class M;");
    }

    [TestMethod]
    [DataRow("[SliceAttention(HeadDims = [40, 80])] [SliceAttention(HeadDims = [80, 88])]")]
    [DataRow("[SliceAttention(HeadDims = [40])] [SliceAttention(HeadDims = [40], SliceRows = [128])]")]
    [DataRow("[SliceAttention(HeadDims = [40], Targets = [KernelTarget.Cpu])] [SliceAttention(HeadDims = [40], Targets = "
        + "[KernelTarget.Simt])]")]
    [DataRow("[SliceAttention(HeadDims = [40, 40])]")]
    [DataRow("[SliceAttention(HeadDims = [40])] [SliceAttention]")]
    public async Task AttributeThatAddsAVariant_IsNotReported(string attributes)
    {
        await AnalyzerTest.ReportsAsync("KGEN0010", $"{attributes} partial class M;");
    }
}
