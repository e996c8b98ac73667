using System.Runtime.InteropServices;
using KernelGen.Cpu;
using KernelGen.Lab.Jit;
using KernelGen.Samples.Models;

namespace KernelGen.Lab.Tests.Jit;

/// <summary>The micro-kernels of the sample's classes, as the JIT of this machine compiles them.</summary>
[TestClass]
public sealed class MicroKernelCodeTests
{
    public static bool IsX64 => RuntimeInformation.ProcessArchitecture == Architecture.X64;

    [TestMethod]
    [DataRow(CpuVectorPath.Avx512)]
    [DataRow(CpuVectorPath.Avx2)]
    [DataRow(CpuVectorPath.Vector128)]
    [MemberCondition(typeof(MicroKernelCodeTests), nameof(IsX64), IgnoreMessage = "Only listings of x64 can be read.")]
    public void No_inner_loop_spills_or_calls(CpuVectorPath path)
    {
        if (!CpuCapabilities.IsSupported(path))
            Assert.Inconclusive($"This machine has no {CpuCapabilities.NameOf(path)}.");

        IReadOnlyList<JitMethod> methods = new JitRun(typeof(StableDiffusion15Attention).Assembly.Location).Methods(path);

        JitMethod[] scores = [.. methods.Where(method => method.Name.EndsWith("Kernels:Scores", StringComparison.Ordinal))];
        Assert.IsNotEmpty(scores);
        Assert.IsTrue(scores.All(method => method.Loops.Any(loop => loop.Multiplications >= 24)), "the loops are found");
        Assert.AreEqual("", string.Join('\n', methods.SelectMany(JitRules.Broken)));
    }
}
