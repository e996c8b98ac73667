using KernelGen.CommandLine.Compilation;
using KernelGen.Cuda.Compilation;
using KernelGen.Lab.Sass;

namespace KernelGen.Lab.Tests.Kernels;

/// <summary>Each kernel design at a few head dims, compiled by NVRTC for Ampere's and Hopper's GPUs.</summary>
[TestClass]
public sealed class KernelDesignTests
{
    public static IEnumerable<(string Kernel, int ComputeCapability)> Kernels { get; } =
    [
        ("streaming-simt-f16-d40-r64", 75),
        ("streaming-simt-f32-d128-r64", 86),
        ("materialized-simt-f32-d64-r2048", 86),
        ("streaming-sm80-f16-d40-r128", 86),
        ("streaming-sm80-bf16-d80-r128", 80),
        ("streaming-sm80-f16-d128-r128", 86),
        ("streaming-sm80-f16-d128-r128+masks", 86),
        ("streaming-sm80-bf16-d512-r32", 86),
        ("streaming-sm80-f16-d64-r128-k80", 86),
        ("streaming-sm80-f16-d160-r128-k80", 86),
        ("materialized-sm80-f16-d64-r2048", 86),
        ("streaming-sm90a-f16-d40-r192", 90),
        ("streaming-sm90a-f16-d64-r192+masks", 90),
        ("streaming-sm90a-bf16-d128-r128", 90),
        ("streaming-sm90a-f16-d512-r64", 90),
        ("streaming-sm90a-f16-d64-r64-k80", 90),
        ("streaming-sm90a-f16-d128-r128-k160", 90),
        ("streaming-sm90a-f32-d64-r128", 90),
        ("materialized-sm90a-f16-d64-r2048", 90),
    ];

    [TestMethod]
    [DynamicData(nameof(Kernels))]
    [MemberCondition(typeof(Compiled), nameof(Compiled.HasCompiler), IgnoreMessage = Compiled.NoCompiler)]
    public void A_kernel_is_accepted_without_findings_and_spills_little(string kernel, int computeCapability)
    {
        KernelCompilation compilation = Compiled.Compilation(kernel, computeCapability);

        Assert.AreEqual("", string.Join('\n', CompileRules.Broken(compilation)));
        Assert.HasCount(compilation.Request.Kernel.Variant.Cuda!.Stages.Count, compilation.Entries, "The log tells of every entry point.");
    }

    [TestMethod]
    [DynamicData(nameof(Kernels))]
    [MemberCondition(typeof(Compiled), nameof(Compiled.HasDisassembler), IgnoreMessage = Compiled.NoDisassembler)]
    public void A_mainloop_spills_nothing_that_costs_time(string kernel, int computeCapability)
    {
        SassFunction function = Compiled.Function(kernel, computeCapability);

        Assert.AreEqual("", string.Join('\n', MainloopRules.Broken(function, Mainloop.Find(function))));
    }
}
