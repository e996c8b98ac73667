using System.Text.Json;
using KernelGen.CudaEmulator;
using KernelGen.Samples.Tests.Commands;

namespace KernelGen.Samples.Tests.Cuda;

[TestClass]
public sealed class AttendCudaTests
{
    public TestContext TestContext { get; set; } = null!;

    /// <summary>The cubin cache of the test.</summary>
    private (string, string?) Cache => ("KERNELGEN_CACHE_DIR", TestContext.TestTempDirectory);

    [TestMethod]
    [DataRow("sd15_self_d40_f16", "8.0", "streaming")]
    [DataRow("sd15_self_d40_f16", "7.5", "materialized")]
    [DataRow("mask_padding_d64_bf16", "8.0", "materialized")]
    [DataRow("causal_d64_f32", "8.0", "materialized")]
    [DataRow("causal_d64_f32", "7.5", "streaming")]
    [DataRow("gqa_d128_f16", "7.5", "streaming")]
    [MemberCondition(typeof(CudaCommand), nameof(CudaCommand.HasDevice), IgnoreMessage = CudaCommand.NoDevice)]
    public void Attend_GoldenVector_IsWithinTheBound(string vector, string capability, string family)
    {
        using TestFolder folder = new();
        string input = GoldenVectors.Paths.Single(path => Path.GetFileNameWithoutExtension(path) == vector);
        string output = folder["out.safetensors"];
        JsonElement report = CudaCommand
            .Run(
                [Cache, ("CUDA_EMULATOR_COMPUTE_CAPABILITY", capability)],
                "attend", input, output, "--device", "cuda", "--family", family, "--json", "--check")
            .AssertDone().Json;

        // A target that rounds probabilities for the tensor cores may be two to three times further off.
        bool simt = report.GetProperty("variant").GetString()!.Contains("-simt-", StringComparison.Ordinal);
        Assert.IsLessThanOrEqualTo(GoldenVectors.Bound(input) * (simt ? 1 : 2.7), GoldenVectors.Error(input, output));
        Assert.AreEqual(family, report.GetProperty("family").GetString());
        Assert.AreEqual(report.GetProperty("workspace_bytes").GetInt64(), report.GetProperty("measured_workspace_bytes").GetInt64());
        Assert.AreEqual(0, report.GetProperty("non_finite_rows").GetInt64());
        if (!CudaCommand.UsesGpu)
            Assert.Contains($"compute capability {capability}", report.GetProperty("device").GetString()!);
    }

    [TestMethod]
    [DataRow("sd15_self_d40_f32")]
    [DataRow("causal_d64_f32")]
    [MemberCondition(typeof(CudaCommand), nameof(CudaCommand.HasEmulator), IgnoreMessage = CudaCommand.NoEmulator)]
    public void HoppersKernels_AreOneOptionAway(string vector)
    {
        using TestFolder folder = new();
        string input = GoldenVectors.Paths.Single(path => Path.GetFileNameWithoutExtension(path) == vector);
        CommandResult off = Attend(folder["off"]);
        CommandResult on = Attend(folder["on"], "--experimental", "hopper");

        Assert.DoesNotContain("-sm90a-", off.Json.GetProperty("variant").GetString()!);
        Assert.Contains("--experimental hopper lets the planner take them", off.Error);
        Assert.Contains("-sm90a-", on.Json.GetProperty("variant").GetString()!);
        Assert.DoesNotContain("experimental", on.Error);
        Assert.IsLessThanOrEqualTo(GoldenVectors.Bound(input) * 2.7, GoldenVectors.Error(input, folder["on"]));

        CommandResult Attend(string output, params string[] options) => CudaCommand.Run(
            [Cache, ("CUDA_EMULATOR_COMPUTE_CAPABILITY", "9.0")],
            ["attend", input, output, "--device", "cuda", "--family", "streaming", "--json", .. options]).AssertDone();
    }

    [TestMethod]
    [MemberCondition(typeof(CudaCommand), nameof(CudaCommand.HasDevice), IgnoreMessage = CudaCommand.NoDevice)]
    public void Tune_TimesKernels_RunsTheFastest_AndTheNextProcessTakesItToo()
    {
        using TestFolder folder = new();
        string input = GoldenVectors.Paths.Single(path => Path.GetFileNameWithoutExtension(path) == "one_key_d64_f32");
        CommandResult tuned =
            CudaCommand.Run([Cache], "attend", input, folder["tuned"], "--device", "cuda", "--tune", "--json", "--check").AssertDone();
        CommandResult next = CudaCommand.Run([Cache], "attend", input, folder["next"], "--device", "cuda", "--json").AssertDone();

        string[] timed = [.. tuned.Error.Split('\n').Where(line => line.StartsWith("tuned: ", StringComparison.Ordinal))];
        string variant = tuned.Json.GetProperty("variant").GetString()!;
        Assert.IsGreaterThan(1, timed.Length);
        Assert.StartsWith($"tuned: {variant}: ", timed[0]);
        Assert.AreEqual(variant, next.Json.GetProperty("variant").GetString());
        Assert.IsTrue(File.Exists(Path.Combine(TestContext.TestTempDirectory!, "measurements.json")));
    }

    [TestMethod]
    [MemberCondition(typeof(CudaCommand), nameof(CudaCommand.HasEmulator), IgnoreMessage = CudaCommand.NoEmulator)]
    public void FourProcesses_RaceForTheCache_AndAFifthNeedsNoCompiler()
    {
        using TestFolder folder = new();
        string input = GoldenVectors.Paths.Single(path => Path.GetFileNameWithoutExtension(path) == "one_key_d64_f32");
        Parallel.For(0, 4, new() { MaxDegreeOfParallelism = 4 }, i => Attend(folder[$"out{i}"]).AssertDone());
        string kernel = Directory.GetFiles(TestContext.TestTempDirectory!, "*", SearchOption.AllDirectories).Single();
        Attend(folder["hit"], ("CUDA_EMULATOR_FAIL", "nvrtcCompileProgram:1")).AssertDone();

        byte[] image = File.ReadAllBytes(kernel);
        File.WriteAllBytes(kernel, image[..^100]);
        Attend(folder["truncated"], ("CUDA_EMULATOR_FAIL", "nvrtcCompileProgram:1"))
            .AssertFault(
                ExitCode.DeviceNotUsable, "could not be compiled: nvrtcCompileProgram for sm_80 failed with NVRTC_ERROR_COMPILATION (6)");
        Attend(folder["compiled"]).AssertDone();
        Assert.IsLessThanOrEqualTo(GoldenVectors.Bound(input), GoldenVectors.Error(input, folder["compiled"]));

        CommandResult Attend(string output, params (string, string?)[] environment) =>
            CudaCommand.Run([Cache, .. environment], "attend", input, output, "--device", "cuda");
    }

    [TestMethod]
    [DataRow("cuLaunchKernel:1", "cuLaunchKernel of")]
    [DataRow("cuStreamSynchronize:1:700", "CUDA_ERROR_ILLEGAL_ADDRESS")]
    [MemberCondition(typeof(CudaCommand), nameof(CudaCommand.HasEmulator), IgnoreMessage = CudaCommand.NoEmulator)]
    public void DeviceThatFails_IsOneLineAndExitCode4_AndLeavesNoOutput(string fault, string part)
    {
        using TestFolder folder = new();
        CudaCommand.Run([Cache, ("CUDA_EMULATOR_FAIL", fault)], "attend", GoldenVectors.Paths.First(), folder["out"], "--device", "cuda")
            .AssertFault(ExitCode.DeviceNotUsable, part, "the output is incomplete");
        Assert.IsFalse(File.Exists(folder["out"]));
    }

    [TestMethod]
    [MemberCondition(typeof(CudaCommand), nameof(CudaCommand.HasEmulator), IgnoreMessage = CudaCommand.NoEmulator)]
    public void SmallGpu_IsExitCode3()
    {
        using TestFolder folder = new();
        CudaCommand.Run([Cache, ("CUDA_EMULATOR_MEMORY", "65536")], "attend", GoldenVectors.Paths.First(), folder["out"], "--device",
            "cuda", "--family", "streaming")
            .AssertFault(ExitCode.DoesNotFit, "do not fit into the GPU's memory");
    }

    [TestMethod]
    [MemberCondition(typeof(CudaCommand), nameof(CudaCommand.HasEmulator), IgnoreMessage = CudaCommand.NoEmulator)]
    public void AnNvrtcThatCompilesNothing_IsExitCode4_AndAutoTakesTheCpu()
    {
        using TestFolder folder = new();
        string input = GoldenVectors.Paths.Single(path => Path.GetFileNameWithoutExtension(path) == "one_key_d64_f32");
        File.Copy(EmulatorLibrary.Path, folder["libnvrtc.so.13"]);
        (string, string?)[] alone = [Cache, ("KERNELGEN_NVRTC_LIBRARY", folder["libnvrtc.so.13"])];
        (string, string?)[] withoutItsBuiltins = [.. alone, ("CUDA_EMULATOR_FAIL", "nvrtcCompileProgram:1:7")];
        const string Fault = "it compiles nothing (NVRTC_ERROR_BUILTIN_OPERATION_FAILURE (7)): libnvrtc-builtins.so.13.99";

        CommandResult auto = CudaCommand.Run(withoutItsBuiltins, "attend", input, folder["out"], "--json").AssertDone();
        Assert.StartsWith("CPU (", auto.Json.GetProperty("device").GetString());
        CudaCommand.Run(withoutItsBuiltins, "attend", input, folder["out"], "--device", "cuda")
            .AssertFault(ExitCode.DeviceNotUsable, "No NVRTC", Fault);
        Assert.Contains(Fault, CudaCommand.Run(withoutItsBuiltins, "doctor").Output);

        // One that compiles is taken, whatever lies beside it.
        CudaCommand.Run(alone, "attend", input, folder["out"], "--device", "cuda").AssertDone();
    }

    [TestMethod]
    public void NoGpu_IsExitCode4_AndAutoTakesTheCpu()
    {
        using TestFolder folder = new();
        (string, string?)[] nowhere = [("KERNELGEN_CUDA_LIBRARY", "/nowhere/libcuda.so.1")];
        CudaCommand.Run(nowhere, "attend", GoldenVectors.Paths.First(), folder["out"], "--device", "cuda")
            .AssertFault(ExitCode.DeviceNotUsable, "No CUDA driver can be used", "/nowhere/libcuda.so.1: cannot open shared object file");
        JsonElement report = CudaCommand.Run(nowhere, "attend", GoldenVectors.Paths.First(), folder["out"], "--json").AssertDone().Json;
        Assert.StartsWith("CPU (", report.GetProperty("device").GetString());
    }

    [TestMethod]
    public void Doctor_TellsWhatIsMissing()
    {
        CommandResult result = CudaCommand
            .Run([("KERNELGEN_CUDA_LIBRARY", "/nowhere/libcuda.so.1"), ("KERNELGEN_NVRTC_LIBRARY", "/nowhere/libnvrtc.so")], "doctor")
            .AssertDone();
        Assert.Contains("! No CUDA driver can be used.\n    Install the NVIDIA driver", result.Output);
        Assert.Contains("! No NVRTC, the run-time compiler of CUDA, can be used.\n    Install the CUDA toolkit", result.Output);
    }

    [TestMethod]
    [MemberCondition(typeof(CudaCommand), nameof(CudaCommand.HasDevice), IgnoreMessage = CudaCommand.NoDevice)]
    public void Doctor_TellsWhatThereIs()
    {
        CommandResult result = CudaCommand.Run([Cache], "doctor").AssertDone();
        Assert.Contains("GPU 0 ", result.Output);
        Assert.Contains("compute capability", result.Output);
        Assert.Contains(TestContext.TestTempDirectory!, result.Output);
        Assert.DoesNotContain("No CUDA driver", result.Output);
    }

    [TestMethod]
    [DataRow("9.0", true)]
    [DataRow("8.0", false)]
    [MemberCondition(typeof(CudaCommand), nameof(CudaCommand.HasEmulator), IgnoreMessage = CudaCommand.NoEmulator)]
    public void Doctor_TellsOfKernelsThatAreSwitchedOff(string capability, bool some)
    {
        CommandResult result = CudaCommand.Run([Cache, ("CUDA_EMULATOR_COMPUTE_CAPABILITY", capability)], "doctor").AssertDone();
        Assert.AreEqual(some,
            result.Output.Contains("with --experimental hopper,hopper-multicast, programs with CudaDeviceOptions.ExperimentalKernels",
                StringComparison.Ordinal));
    }
}
