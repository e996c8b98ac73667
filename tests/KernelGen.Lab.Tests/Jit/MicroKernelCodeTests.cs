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

        HaveLoops(methods, "Kernels:Scores", multiplications: 24);
        HaveLoops(methods, "KeyLanes:ScoresOfFour", multiplications: 8);
        Assert.AreEqual("", string.Join('\n', methods.SelectMany(JitRules.Broken)));
    }

    [TestMethod]
    [MemberCondition(typeof(MicroKernelCodeTests), nameof(IsX64), IgnoreMessage = "Only listings of x64 can be read.")]
    public void An_assembly_without_model_classes_is_told()
    {
        JitRun run = new(typeof(JitRun).Assembly.Location);

        InvalidDataException fault = Assert.ThrowsExactly<InvalidDataException>(() => run.Methods(CpuVectorPath.Vector128));

        Assert.Contains("no model class", fault.Message);
    }

    private static void HaveLoops(IReadOnlyList<JitMethod> methods, string name, int multiplications)
    {
        JitMethod[] named = [.. methods.Where(method => method.Name.Contains(name, StringComparison.Ordinal))];
        Assert.IsNotEmpty(named);
        Assert.IsTrue(named.All(method => method.Loops.Any(loop => loop.Multiplications >= multiplications)), $"loops of {name} are found");
    }
}
