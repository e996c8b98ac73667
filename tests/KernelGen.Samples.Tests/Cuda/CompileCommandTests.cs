using System.Text.Json;

namespace KernelGen.Samples.Tests.Cuda;

/// <summary><c>kernels --compile</c> with the emulated NVRTC, which compiles and tells no registers.</summary>
[TestClass]
[MemberCondition(typeof(CudaCommand), nameof(CudaCommand.HasEmulator), IgnoreMessage = CudaCommand.NoEmulator)]
public sealed class CompileCommandTests
{
    private const string Kernel = "streaming-simt-f32-d64-r64";

    private static readonly (string, string?)[] _noDriver = [("KERNELGEN_CUDA_LIBRARY", "/nowhere/libcuda.so.1")];

    [TestMethod]
    public void Compile_NeedsNoDriver_AndWritesOneFileForEachKernelAndArchitecture()
    {
        using TestFolder folder = new();
        CommandResult result = CudaCommand
            .Run(_noDriver, "kernels", "--compile", "--match", Kernel, "--arch", "7.5,8.6", "--mask", "none", "--out", folder["kernels"])
            .AssertDone();

        Assert.Contains("2 compilations", result.Output);
        Assert.Contains("all accepted", result.Output);
        foreach (string architecture in (string[])["sm_75", "sm_86"])
        {
            string[] files = Directory.GetFiles(Path.Combine(folder["kernels"], architecture));
            string[] names = [.. files.Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];
            Assert.AreSequenceEqual(new[] { "index.json", "streaming_simt_f32_d64_r64.cubin" }, names);
        }
    }

    [TestMethod]
    public void Json_HasTheFieldsThatAreDocumented()
    {
        JsonElement json = CudaCommand
            .Run(_noDriver, "kernels", "--compile", "--match", Kernel, "--arch", "8.6", "--mask", "none", "--json").AssertDone().Json;

        Assert.Contains("nvrtc 13.99", json.GetProperty("compiler").GetString()!);
        Assert.AreEqual(JsonValueKind.Array, json.GetProperty("compilations").ValueKind);
        Assert.AreEqual(0, json.GetProperty("refused").GetArrayLength());
    }

    [TestMethod]
    public void WithoutNvrtc_ItSaysWhatToInstall() => CudaCommand
        .Run([("KERNELGEN_NVRTC_LIBRARY", "/nowhere/libnvrtc.so")], "kernels", "--compile", "--match", Kernel)
        .AssertFault(ExitCode.DeviceNotUsable, "No NVRTC, the run-time compiler of CUDA, can be used");

    [TestMethod]
    public void RefusedKernel_IsTold_AndIsExitCode1()
    {
        CommandResult result = CudaCommand.Run(
            [("CUDA_EMULATOR_FAIL", "nvrtcCompileProgram:1")],
            "kernels", "--compile", "--match", Kernel, "--arch", "8.6", "--mask", "none", "--json");

        Assert.AreEqual(ExitCode.Failed, result.Code, result.Error);
        Assert.StartsWith($"error: sm_86: {Kernel} could not be compiled", result.Error);
        JsonElement refused = result.Json.GetProperty("refused")[0];
        Assert.AreEqual((Kernel, "sm_86", "none"), (Text("kernel"), Text("arch"), Text("mask")));
        Assert.Contains("injected by CUDA_EMULATOR_FAIL", Text("fault"));

        string Text(string name) => refused.GetProperty(name).GetString()!;
    }
}
