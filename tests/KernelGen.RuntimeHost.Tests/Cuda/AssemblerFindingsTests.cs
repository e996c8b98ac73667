using KernelGen.Cuda.Compilation;

namespace KernelGen.RuntimeHost.Tests.Cuda;

[TestClass]
public sealed class AssemblerFindingsTests
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
        Assert.IsEmpty(AssemblerFindings.Of(Clean));
        Assert.IsEmpty(AssemblerFindings.Of(""));
    }

    [TestMethod]
    public void Spills_AreToldWithTheKernel()
    {
        string log = Clean.Replace("0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads", "8 bytes stack frame, 8 bytes spill stores, 16 bytes spill loads");
        Assert.AreEqual(
            "streaming_sm90a_f16_d64_r192: 8 bytes stack frame, 8 bytes spill stores, 16 bytes spill loads", AssemblerFindings.Of(log).Single());
    }

    [TestMethod]
    [DataRow("ptxas info    : (C7510) Potential Performance Loss: wgmma.mma_async instructions are serialized due to insufficient register resources for the wgmma pipeline in the function 'k'")]
    [DataRow("ptxas info    : (C7514) Potential Performance Loss: wgmma.mma_async instructions are serialized due to non wgmma instructions defining accumulator registers")]
    [DataRow("ptxas info    : (C7508) Potential Performance Loss: 'setmaxnreg' ignored to maintain minimum register requirements.")]
    [DataRow("ptxas warning : Potential Performance Loss: wgmma.mma_async instructions are serialized due to something new")]
    public void WarpgroupWarnings_AreTold_Once(string line) => Assert.AreEqual(line, AssemblerFindings.Of($"{Clean}\n{line}\n{line}\n").Single());
}
