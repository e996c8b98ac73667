using System.Text;
using KernelGen.Cpu;

namespace KernelGen.Samples.Tests.Commands;

/// <summary>The dotnet tool on an assembly that it was not built with. <c>build/package-test.sh</c> installs it.</summary>
[TestClass]
[MemberCondition(
    typeof(Repository), nameof(Repository.IsThere), IgnoreMessage = "This needs the source tree that the tests were built from.")]
public sealed class ToolTests
{
    private static string Samples => Path.Combine(AppContext.BaseDirectory, "KernelGen.Samples.dll");

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public void Kernels_AreThoseOfTheAssembly()
    {
        string[] expected = Ids(CommandResult.Of("kernels", "--json").AssertDone());

        Assert.IsGreaterThan(500, expected.Length);
        Assert.AreEqual(string.Join('\n', expected), string.Join('\n', Ids(Run("kernels", Samples, "--json").AssertDone())));
        Assert.Contains("VaeMidBlockAttention: in KernelGen.Samples.dll",
            Run("kernels", Samples, "--model", "VaeMidBlockAttention").AssertDone().Output);
    }

    [TestMethod]
    [DataRow("streaming-sm80-f16-d40-r128")]
    [DataRow("streaming-cpu-f16-d40-r128")]
    public void Source_IsThatOfTheAssembly(string id) => Assert.AreEqual(
        CommandResult.Of("kernels", "--show", id).AssertDone().Output, Run("kernels", Samples, "--show", id).AssertDone().Output);

    [TestMethod]
    public void Plan_IsThatOfTheSample()
    {
        string[] call = ["--free-bytes", "1GiB", "--head-dim", "80", "--queries", "16384", "--threads", "4"];
        string expected = CommandResult.Of(["plan", .. call]).AssertDone().Output;

        Assert.AreEqual(expected, Run(["plan", Samples, .. call]).AssertDone().Output);
        Run("plan", Samples, "--free-bytes", "1GiB", "--head-dim", "48")
            .AssertFault(ExitCode.BadInput, "There is no kernel for head dim 48");
    }

    [TestMethod]
    public void Doctor_TellsOfTheMachine_AndOfTheAssemblyWhereThereIsOne()
    {
        string machine = Run("doctor").AssertDone().Output;
        Assert.Contains("free for plans", machine);
        Assert.DoesNotContain("model classes", machine);

        Assert.Contains("model classes", Run("doctor", Samples).AssertDone().Output);
    }

    [TestMethod]
    public void Doctor_NamesASettingThatSwitchesWideVectorsOff()
    {
        if (!CpuCapabilities.IsSupported(CpuVectorPath.Avx2))
            Assert.Inconclusive($"This machine has no {CpuCapabilities.NameOf(CpuVectorPath.Avx2)}.");

        string output = ChildProcess.Run("dotnet", ["exec", Tool, "doctor"], folder: null, ("DOTNET_EnableAVX2", "0")).AssertDone().Output;

        Assert.Contains("  ! AVX2 is switched off, although the processor has it", output);
    }

    [TestMethod]
    public void Compile_NeedsACompiler_AndSaysSo()
    {
        CommandResult result = ChildProcess.Run(
            "dotnet",
            ["exec", Tool, "compile", Samples, "--arch", "8.6", "--out", TestContext.TestTempDirectory!],
            folder: null,
            ("KERNELGEN_NVRTC_LIBRARY", "/nowhere/libnvrtc.so"));

        result.AssertFault(ExitCode.DeviceNotUsable, "No NVRTC, the run-time compiler of CUDA, can be used.");
        Run("compile", Samples, "--arch", "7.0", "--out", "kernels").AssertFault(ExitCode.BadInput, "--arch has '7.0'");
    }

    [TestMethod]
    public void WhatIsNoAssemblyWithKernels_IsAClearError()
    {
        string text = Path.Combine(TestContext.TestTempDirectory!, "text.dll");
        File.WriteAllText(text, "text");

        foreach (string[] command in (string[][])[["kernels"], ["plan", "--free-bytes", "1GiB"], ["doctor"]])
        {
            Run([.. command, "missing.dll"]).AssertFault(ExitCode.BadInput, "missing.dll is not there; build the project first.");
            Run([.. command, text]).AssertFault(ExitCode.BadInput, "text.dll is no .NET assembly");
            Run([.. command, Path.Combine(AppContext.BaseDirectory, "Spectre.Console.dll")])
                .AssertFault(
                    ExitCode.BadInput, "Spectre.Console.dll and the libraries that it brings have no class with [SliceAttention].");
        }

        Run("compile", "missing.dll", "--arch", "8.6", "--out", "kernels").AssertFault(ExitCode.BadInput, "missing.dll is not there");
        Run("compile", text, "--arch", "8.6", "--out", "kernels").AssertFault(ExitCode.BadInput, "text.dll is no .NET assembly");
    }

    [TestMethod]
    [DataRow("KernelCatalogue")]
    [DataRow("ISliceAttention")]
    [DataRow("KernelFootprint")]
    public void AnAssemblyOfAnotherVersion_IsAClearError(string missing)
    {
        // The classes of another version ask for what the tool's KernelGen.RuntimeHost does not have.
        string models = Path.Combine(TestContext.TestTempDirectory!, "Models.dll");
        File.WriteAllBytes(models, Renamed(File.ReadAllBytes(Samples), missing));

        const string Message = "Models.dll was built with another version of KernelGen.RuntimeHost than ";
        Run("kernels", models).AssertFault(ExitCode.BadInput, Message);
        Run("doctor", models).AssertFault(ExitCode.BadInput, Message);
        Run("compile", models, "--arch", "8.6", "--out", TestContext.TestTempDirectory!).AssertFault(ExitCode.BadInput, Message);
    }

    private static string Tool
    {
        get
        {
            string configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
            return Path.Combine(Repository.Folder!, "tools", "KernelGen.Tool", "bin", configuration, "net10.0", "kernelgen.dll");
        }
    }

    // Another name in its metadata, which may be the end of a longer one, too.
    private static byte[] Renamed(byte[] assembly, string name)
    {
        byte[] whole = [.. Encoding.UTF8.GetBytes(name), 0];
        for (int at = assembly.AsSpan().IndexOf(whole), from = at; at >= 0; at = assembly.AsSpan(from).IndexOf(whole), from += at)
            assembly[from + name.Length - 1] = (byte)'_';
        return assembly;
    }

    // The classes come in another order.
    private static string[] Ids(CommandResult result) =>
    [
        .. result.Json.EnumerateArray().Select(kernel => $"{kernel.GetProperty("model")} {kernel.GetProperty("id")}")
            .Order(StringComparer.Ordinal),
    ];

    private static CommandResult Run(params string[] arguments) => ChildProcess.Run("dotnet", ["exec", Tool, .. arguments]);
}
