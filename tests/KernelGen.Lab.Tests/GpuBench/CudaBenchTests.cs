using System.Text.Json;

namespace KernelGen.Lab.Tests.GpuBench;

/// <summary>The whole command in a process of its own, on the emulator: libraries are chosen once for a process.</summary>
[TestClass]
public sealed class CudaBenchTests
{
    private const string NoCompiler = "The CUDA emulator is built with g++, which is not installed.";

    private static readonly string[] _shapes =
    [
        """{"name": "one", "head_dim": 40, "dtype": "f16", "batch": 1, "heads": 2, "queries": 33, "keys": 40, "causal": false}""",
        """{"name": "two", "head_dim": 64, "dtype": "f32", "batch": 1, "heads": 1, "queries": 20, "keys": 20, "causal": true}""",
    ];

    private static readonly Lazy<string> _emulator = new(() =>
    {
        CommandResult build = ChildProcess.Run(Path.Combine(Repository.Folder!, "tests", "CudaEmulator", "build.sh"), []);
        return build.AssertDone().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1];
    });

    [TestMethod]
    [ExecutableCondition("g++", IgnoreMessage = NoCompiler)]
    [MemberCondition(typeof(Repository), nameof(Repository.IsThere), IgnoreMessage = "There is no source tree here.")]
    public void ChosenVariants_AreCheckedAndTimed_AndTheFileIsWhatIsPrinted()
    {
        using TestFolder folder = new();
        PlantedLink link = new(folder, "ours.json.part");
        CommandResult result = Bench(folder, [], "--json").AssertDone();
        link.AssertUntouched();

        JsonElement printed = result.Json;
        Assert.IsTrue(printed.GetProperty("complete").GetBoolean());
        Assert.AreEqual(2, printed.GetProperty("rows").GetArrayLength());
        foreach (JsonElement row in printed.GetProperty("rows").EnumerateArray())
        {
            Assert.IsGreaterThan(0, row.GetProperty("ms").GetDouble());
            Assert.IsGreaterThan(0, row.GetProperty("tflops").GetDouble());
            Assert.IsGreaterThan(0, row.GetProperty("compile_ms").GetDouble());
            Assert.IsGreaterThan(0, row.GetProperty("load_ms").GetDouble());
            Assert.IsLessThan(1e-3, row.GetProperty("error").GetDouble());
            Assert.IsTrue(row.GetProperty("chosen").GetBoolean());
        }

        JsonElement file = JsonDocument.Parse(File.ReadAllText(folder["ours.json"])).RootElement;
        Assert.AreEqual(printed.GetProperty("rows").GetRawText(), file.GetProperty("rows").GetRawText());
    }

    [TestMethod]
    [ExecutableCondition("g++", IgnoreMessage = NoCompiler)]
    [MemberCondition(typeof(Repository), nameof(Repository.IsThere), IgnoreMessage = "There is no source tree here.")]
    public void AllVariants_AreThoseThatTheGpuRuns()
    {
        using TestFolder folder = new();
        JsonElement[] rows =
            [.. Bench(folder, [], "--json", "--all-variants", "--check-only").AssertDone().Json.GetProperty("rows").EnumerateArray()];
        string[] variants = [.. rows.Select(row => row.GetProperty("variant").GetString()!)];
        Assert.AreEqual(variants.Distinct().Count(), variants.Length);
        Assert.Contains(id => id.StartsWith("materialized", StringComparison.Ordinal), variants);
        Assert.Contains(id => id.StartsWith("streaming", StringComparison.Ordinal), variants);
        Assert.AreEqual(2, rows.Count(row => row.GetProperty("chosen").GetBoolean()));
        Assert.IsTrue(rows.All(row => row.GetProperty("ms").ValueKind == JsonValueKind.Null));
    }

    [TestMethod]
    [ExecutableCondition("g++", IgnoreMessage = NoCompiler)]
    [MemberCondition(typeof(Repository), nameof(Repository.IsThere), IgnoreMessage = "There is no source tree here.")]
    public void Tuning_MeasuresTheFastest_OfHoppersKernelsToo()
    {
        using TestFolder folder = new();
        JsonElement result =
            Bench(folder, [("CUDA_EMULATOR_COMPUTE_CAPABILITY", "9.0")], "--json", "--tune", "--check-only", "--experimental", "hopper")
                .AssertDone().Json;
        JsonElement[] tuning = [.. result.GetProperty("tuning").EnumerateArray()];
        JsonElement[] rows = [.. result.GetProperty("rows").EnumerateArray()];

        Assert.Contains(timing => timing.GetProperty("variant").GetString()!.Contains("-sm90a-", StringComparison.Ordinal), tuning);
        Assert.HasCount(2, rows);
        foreach (JsonElement row in rows)
        {
            JsonElement[] timed =
                [.. tuning.Where(timing => timing.GetProperty("name").GetString() == row.GetProperty("name").GetString())];
            JsonElement fastest = timed.MinBy(timing => timing.GetProperty("ms").GetDouble());
            Assert.AreEqual(1, timed.Count(timing => timing.GetProperty("was_predicted").GetBoolean()));
            Assert.AreEqual(fastest.GetProperty("variant").GetString(), row.GetProperty("variant").GetString());
            Assert.IsTrue(fastest.GetProperty("taken").GetBoolean());
        }
    }

    [TestMethod]
    [ExecutableCondition("g++", IgnoreMessage = NoCompiler)]
    [MemberCondition(typeof(Repository), nameof(Repository.IsThere), IgnoreMessage = "There is no source tree here.")]
    public void FailingLaunch_GetsNoTime_AndTheRestIsMeasured()
    {
        using TestFolder folder = new();
        CommandResult result = Bench(folder, [("CUDA_EMULATOR_FAIL", "cuLaunchKernel:1")], "--json", "--check-only");
        Assert.AreEqual(ExitCode.Failed, result.Code, result.Error);
        JsonElement[] rows = [.. result.Json.GetProperty("rows").EnumerateArray()];
        Assert.Contains("cuLaunchKernel", rows[0].GetProperty("fault").GetString()!);
        Assert.AreEqual(JsonValueKind.Null, rows[0].GetProperty("ms").ValueKind);
        Assert.AreEqual(JsonValueKind.Null, rows[1].GetProperty("fault").ValueKind);
        Assert.Contains("wrong: one", result.Error);
    }

    [TestMethod]
    [ExecutableCondition("g++", IgnoreMessage = NoCompiler)]
    [MemberCondition(typeof(Repository), nameof(Repository.IsThere), IgnoreMessage = "There is no source tree here.")]
    public void LostContext_IsTold_AndTheNextProcessGoesOnWithTheOtherKernels()
    {
        using TestFolder folder = new();
        CommandResult first =
            Bench(folder, [("CUDA_EMULATOR_FAIL", "cuLaunchKernel:2:719")], "--json", "--check-only", "--all-variants", "--resume");
        Assert.AreNotEqual(ExitCode.Done, first.Code);
        Assert.IsTrue(File.Exists(folder["ours.json.running"]), "the journal has to stay for the next process");
        string lost = JsonDocument.Parse(File.ReadAllText(folder["ours.json.running"])).RootElement.GetProperty("variant").GetString()!;

        CommandResult second = Bench(folder, [], "--json", "--check-only", "--all-variants", "--resume");
        Assert.AreEqual(ExitCode.Failed, second.Code, second.Error);
        Assert.IsFalse(File.Exists(folder["ours.json.running"]));
        JsonElement[] rows = [.. second.Json.GetProperty("rows").EnumerateArray()];
        JsonElement row = rows.Single(row => row.GetProperty("variant").GetString() == lost);
        Assert.IsTrue(row.GetProperty("lost").GetBoolean());
        Assert.Contains("719", row.GetProperty("fault").GetString()!);
        Assert.AreEqual(2, rows.Count(row => row.GetProperty("chosen").GetBoolean() && !row.GetProperty("lost").GetBoolean()));
        Assert.AreEqual(rows.Length,
            rows.Select(row => (row.GetProperty("name").GetString(), row.GetProperty("variant").GetString())).Distinct().Count());
        Assert.IsGreaterThan(4, rows.Length);
    }

    [TestMethod]
    [ExecutableCondition("g++", IgnoreMessage = NoCompiler)]
    [MemberCondition(typeof(Repository), nameof(Repository.IsThere), IgnoreMessage = "There is no source tree here.")]
    public void KernelThatDoesNotEnd_EndsTheProcess_AndIsLeftOut()
    {
        // So many products take the emulator far longer than a second.
        const string slow = """
            {"shapes": [{
                "name": "slow", "head_dim": 512, "dtype": "f32", "batch": 1, "heads": 4, "queries": 4096, "keys": 2048, "causal": false}]}
            """;
        using TestFolder folder = new();
        File.WriteAllText(folder["slow.json"], slow);
        CommandResult first =
            Bench(folder, [], "--check-only", "--resume", "--kernel-seconds", "1", "--shapes-file", folder["slow.json"], "--kernels",
                "streaming-simt-*");
        Assert.AreNotEqual(ExitCode.Done, first.Code);
        Assert.Contains("hangs: slow, streaming-simt-f32-d512", first.Error);

        JsonElement row = JsonDocument.Parse(File.ReadAllText(folder["ours.json.running"])).RootElement;
        Assert.AreEqual("did not end within 1 s", row.GetProperty("fault").GetString());
        CommandResult second =
            Bench(folder, [], "--check-only", "--resume", "--shapes-file", folder["slow.json"], "--kernels", "streaming-simt-*");
        Assert.AreEqual(ExitCode.Failed, second.Code, second.Error);
        Assert.Contains("wrong: slow, streaming-simt-f32-d512", second.Error);
    }

    [TestMethod]
    [ExecutableCondition("g++", IgnoreMessage = NoCompiler)]
    [MemberCondition(typeof(Repository), nameof(Repository.IsThere), IgnoreMessage = "There is no source tree here.")]
    public void NamesOfKernels_LeaveOutTheOthers()
    {
        using TestFolder folder = new();
        JsonElement result =
            Bench(folder, [], "--json", "--check-only", "--all-variants", "--kernels", "streaming-*-d40-*,nothing", "--except", "*-sm80-*")
                .AssertDone().Json;
        string[] variants = [.. result.GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("variant").GetString()!)];
        Assert.IsNotEmpty(variants);
        Assert.IsTrue(variants.All(id => id.StartsWith("streaming-simt-f16-d40-", StringComparison.Ordinal)), string.Join(' ', variants));
        Bench(folder, [], "--check-only", "--kernels", "nothing").AssertFault(ExitCode.BadInput, "has such a name");
    }

    [TestMethod]
    public void GpuOptionsOnTheCpu_AreAClearError() =>
        CommandResult.Of("bench", "--device", "cpu", "--all-variants").AssertFault(ExitCode.BadInput, "--device cuda");

    private static CommandResult Bench(TestFolder folder, (string, string)[] variables, params string[] options)
    {
        string shapes = folder["shapes.json"];
        File.WriteAllText(shapes, $$"""{"shapes": [{{string.Join(',', _shapes)}}]}""");
        string program =
            Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "KernelGen.Lab.exe" : "KernelGen.Lab");
        return ChildProcess.Run(
            program,
            ["bench", "--device", "cuda", .. options.Contains("--shapes-file")
                ? []
                : (string[])["--shapes-file", shapes], "--output", folder["ours.json"], .. options],
            null,
            [("KERNELGEN_CUDA_LIBRARY", _emulator.Value), ("KERNELGEN_NVRTC_LIBRARY", _emulator.Value), .. variables]);
    }
}
