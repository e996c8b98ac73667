using KernelGen.Samples.Tests.Commands;

namespace KernelGen.Samples.Tests.Cuda;

/// <summary>
/// A folder of kernels compiled in advance, from the command line: what <c>kernels --compile --out</c> wrote, <c>attend</c> and
/// <c>doctor</c> use.
/// </summary>
[TestClass]
[MemberCondition(typeof(CudaCommand), nameof(CudaCommand.HasEmulator), IgnoreMessage = CudaCommand.NoEmulator)]
public sealed class PrecompiledAttendTests
{
    private const string Kernels = "*-simt-f32-d64-*";

    private static readonly (string, string?) _noNvrtc = ("KERNELGEN_NVRTC_LIBRARY", "/nowhere/libnvrtc.so");

    private static string Input => GoldenVectors.Paths.Single(path => Path.GetFileNameWithoutExtension(path) == "one_key_d64_f32");

    [TestMethod]
    public void Attend_RunsWithoutNvrtc()
    {
        using TestFolder folder = new();
        string kernels = Compile(folder);
        CommandResult result = Attend(folder, kernels, _noNvrtc).AssertDone();

        Assert.IsLessThanOrEqualTo(GoldenVectors.Bound(Input), GoldenVectors.Error(Input, folder["out"]));
        Assert.Contains($" for sm_80 from {kernels}, compiled in advance\n", result.Error);
        Assert.AreEqual(0, Warnings(result).Length, result.Error);

        // In --device auto, too, the GPU is taken.
        CommandResult automatic = CudaCommand
            .Run([_noNvrtc, ("KERNELGEN_KERNELS_DIR", kernels)], "attend", Input, folder["automatic"], "--json").AssertDone();
        Assert.Contains("compute capability 8.0", automatic.Json.GetProperty("device").GetString()!);
    }

    [TestMethod]
    [DataRow("stale", "it was compiled from another text or with other options")]
    [DataRow("truncated", "it is not what its index says")]
    [DataRow("foreign", "it is not there")]
    [DataRow("damaged index", "index.json: it is damaged")]
    [DataRow("missing", "index.json: it is not there")]
    public void FolderThatIsNoGood_IsPassedOver_WithOneLine(string fault, string reason)
    {
        using TestFolder folder = new();
        string kernels = Compile(folder);
        string architecture = Path.Combine(kernels, "sm_80");
        string index = Path.Combine(architecture, "index.json");
        switch (fault)
        {
            case "stale":
                Rewrite(
                    index,
                    line => line.Contains("\"key\"", StringComparison.Ordinal)
                        ? line[..^6] + (line[^6] == 'a' ? 'b' : 'a') + line[^5..]
                        : line);
                break;
            case "foreign":
                Rewrite(index, line => line.Replace("\"kernel\": \"", "\"kernel\": \"other-", StringComparison.Ordinal)
                    .Replace("\"key\": \"", "\"key\": \"0", StringComparison.Ordinal));
                break;
            case "truncated":
                foreach (string image in Directory.GetFiles(architecture, "*.cubin"))
                    File.WriteAllBytes(image, File.ReadAllBytes(image)[..^100]);
                break;
            case "damaged index":
                File.WriteAllText(index, File.ReadAllText(index)[..^20]);
                break;
            default:
                Directory.Delete(architecture, recursive: true);
                break;
        }

        CommandResult result = Attend(folder, kernels).AssertDone();
        string warning = Warnings(result).Single();
        Assert.StartsWith("warning: Passed over streaming-simt-f32-d64-", warning);
        Assert.EndsWith($" for sm_80 in {kernels}: {reason}", warning);
        Assert.IsLessThanOrEqualTo(GoldenVectors.Bound(Input), GoldenVectors.Error(Input, folder["out"]));
        Assert.Contains("log: Compiled streaming-simt-f32-d64-", result.Error);
    }

    [TestMethod]
    public void Doctor_TellsWhereEachKernelComesFrom()
    {
        using TestFolder folder = new();
        string kernels = Compile(folder);
        (string, string?)[] environment = [("KERNELGEN_KERNELS_DIR", kernels), ("KERNELGEN_CACHE_DIR", folder["cache"])];
        CudaCommand
            .Run([("KERNELGEN_CACHE_DIR", folder["cache"])], "attend", Input, folder["out"], "--device", "cuda", "--family", "streaming")
            .AssertDone();

        CommandResult alone = CudaCommand.Run([("KERNELGEN_CACHE_DIR", folder["cache"])], "doctor", "--kernels").AssertDone();
        Assert.Contains("\n  cache     streaming-simt-f32-d64-", alone.Output);
        Assert.Contains("\n  NVRTC     materialized-simt-f32-d64-", alone.Output);
        Assert.Contains(" from the cache, ", alone.Output);

        CommandResult result = CudaCommand.Run(environment, "doctor", "--kernels").AssertDone();
        Assert.Contains("\n  folder    streaming-simt-f32-d64-", result.Output);
        Assert.Contains("\n  folder    materialized-simt-f32-d64-", result.Output);
        Assert.Contains("\n  NVRTC     streaming-simt-f32-d40-", result.Output);
        Assert.Contains($"{kernels}: ", result.Output);
        Assert.Contains(" from the folder of kernels compiled in advance, ", result.Output);

        CommandResult without = CudaCommand.Run([.. environment, _noNvrtc], "doctor", "--kernels").AssertDone();
        Assert.DoesNotContain("No NVRTC", without.Output);
        Assert.DoesNotContain("\n  NVRTC     streaming", without.Output);
        Assert.Contains("\n  folder    streaming-simt-f32-d64-", without.Output);
    }

    private static string Compile(TestFolder folder)
    {
        string kernels = folder["kernels"];
        CudaCommand.Run([], "kernels", "--compile", "--match", Kernels, "--arch", "8.0", "--mask", "none", "--out", kernels).AssertDone();
        return kernels;
    }

    private static CommandResult Attend(TestFolder folder, string kernels, params (string, string?)[] environment) => CudaCommand.Run(
        [("KERNELGEN_CACHE_DIR", "off"), ("KERNELGEN_KERNELS_DIR", kernels), ("CUDA_EMULATOR_COMPUTE_CAPABILITY", "8.0"), .. environment],
        "attend", Input, folder["out"], "--device", "cuda", "--family", "streaming", "--verbose");

    private static string[] Warnings(CommandResult result) =>
        [.. result.Error.Split('\n').Where(line => line.StartsWith("warning: ", StringComparison.Ordinal))];

    private static void Rewrite(string index, Func<string, string> change) =>
        File.WriteAllLines(index, [.. File.ReadAllLines(index).Select(change)]);
}
