using KernelGen.Cuda.Compilation;

namespace KernelGen.RuntimeHost.Tests.Cuda;

[TestClass]
public sealed class AssemblerLogTests
{
    private const string Clean = """
        ptxas info    : 0 bytes gmem
        ptxas info    : Compiling entry function 'streaming_sm90a_f16_d64_r192' for 'sm_90a'
        ptxas info    : Function properties for streaming_sm90a_f16_d64_r192
            0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads
        ptxas info    : Used 168 registers, used 16 barriers
        """;

    [TestMethod]
    public void CleanLog_HasNoFindings()
    {
        Assert.IsEmpty(AssemblerLog.Parse(Clean).Findings);
        Assert.IsEmpty(AssemblerLog.Parse("").Findings);
    }

    [TestMethod]
    public void Spills_AreToldWithTheKernel()
    {
        string log =
            Clean.Replace("0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads",
                "8 bytes stack frame, 8 bytes spill stores, 16 bytes spill loads");
        AssemblerFinding finding = AssemblerLog.Parse(log).Findings.Single();
        Assert.AreEqual("streaming_sm90a_f16_d64_r192: 8 bytes stack frame, 8 bytes spill stores, 16 bytes spill loads", finding.Text);
        Assert.AreEqual(AssemblerFinding.Spill, finding.Code);
    }

    [TestMethod]
    [DataRow("C7510", "k",
        "ptxas info    : (C7510) Potential Performance Loss: wgmma.mma_async instructions are serialized due to insufficient register "
            + "resources for the wgmma pipeline in the function 'k'")]
    [DataRow("C7514", "streaming_sm90a_f16_d64_r192",
        "ptxas info    : (C7514) Potential Performance Loss: wgmma.mma_async instructions are serialized due to non wgmma instructions "
            + "defining accumulator registers")]
    [DataRow("C7508", "streaming_sm90a_f16_d64_r192",
        "ptxas info    : (C7508) Potential Performance Loss: 'setmaxnreg' ignored to maintain minimum register requirements.")]
    [DataRow("unnumbered", "streaming_sm90a_f16_d64_r192",
        "ptxas warning : Potential Performance Loss: wgmma.mma_async instructions are serialized due to something new")]
    public void WarpgroupWarnings_AreTold_Once(string code, string function, string line) =>
        Assert.AreEqual(new(code, function, line), AssemblerLog.Parse($"{Clean}\n{line}\n{line}\n").Findings.Single());

    [TestMethod]
    public void Entries_HaveWhatTheLogTells_OfTheFunctionsThatTheyCall_Too()
    {
        const string log = """
            ptxas info    : 189 bytes gmem
            ptxas info    : Compiling entry function 'one_merge' for 'sm_86'
            ptxas info    : Function properties for one_merge
            ptxas         .     0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads
            ptxas info    : Used 64 registers, used 0 barriers
            ptxas info    : Compile time = 201.331 ms
            ptxas info    : Compiling entry function 'one' for 'sm_86'
            ptxas info    : Function properties for one
            ptxas         .     96 bytes stack frame, 172 bytes spill stores, 296 bytes spill loads
            ptxas info    : Used 128 registers, used 16 barriers, 96 bytes cumulative stack size, 1024 bytes smem, 400 bytes cmem[0]
            ptxas info    : Function properties for helper
                16 bytes stack frame, 4 bytes spill stores, 8 bytes spill loads
            """;

        AssemblerLog parsed = AssemblerLog.Parse(log);
        Assert.AreSequenceEqual(
            new[]
            {
                new AssemblerEntry("one_merge") { Registers = 64 },
                new AssemblerEntry("one")
                {
                    Registers = 128, StackBytes = 96, SpillStoreBytes = 176, SpillLoadBytes = 304, StaticSharedBytes = 1024,
                },
            },
            parsed.Entries);
        Assert.AreSequenceEqual(new[] { "one", "helper" }, parsed.Findings.Select(finding => finding.Function));
    }
}
