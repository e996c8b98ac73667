using System.Text.Json;
using KernelGen.Lab.GpuBench;
using KernelGen.Lab.GpuCheck;

namespace KernelGen.Lab.Tests.GpuCheck;

/// <summary>The check with processes that are not run, and a clock that they move.</summary>
[TestClass]
public sealed class GpuCheckRunTests : IDisposable
{
    private static readonly string[] _partsWithoutSanitizer =
        ["doctor", "compilation", "check", "probes", "bench", "peers", "merge", "tests"];

    private readonly TestFolder _folder = new();
    private readonly ManualTime _time = new();
    private readonly FakeChildren _children;
    private GpuCheckOptions _options;

    public GpuCheckRunTests()
    {
        _children = new(_time);
        _options =
            new("gpu-check.sh RESULTS", _folder["app"], _folder["bundle"], _folder["results"], TimeSpan.FromSeconds(TimeShares.Whole));
        Directory.CreateDirectory(_folder["bundle"]);
        File.WriteAllLines(Path.Combine(_folder["bundle"], "test-classes.txt"), ["CudaCacheTests", "CudaKernelTests"]);
    }

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void All_parts_run_in_their_order_and_the_summary_tells_of_each()
    {
        _options = _options with { Parts = _partsWithoutSanitizer };

        Assert.AreEqual(ExitCode.Done, Execute(out string output));

        JsonElement summary = Summary();
        Assert.AreSequenceEqual(_partsWithoutSanitizer, summary.GetProperty("parts").EnumerateObject().Select(part => part.Name));
        foreach (JsonProperty part in summary.GetProperty("parts").EnumerateObject())
            Assert.AreEqual("passed", part.Value.GetProperty("status").GetString(), part.Name);
        Assert.StartsWith("Passed in 0 s", output.Split('\n')[^2]);
        Assert.Contains("doctor", File.ReadAllText(Path.Combine(_options.Results, "check.log")));
    }

    [TestMethod]
    public void Every_name_of_a_part_is_one_that_runs()
    {
        using GpuCheckRun run = new(_options, _children, _time, TextWriter.Null);

        Assert.AreSequenceEqual(GpuCheckRun.PartNames.Where(name => name != "tune"), run.Parts.Select(part => part.Name));
        Assert.IsTrue(run.Parts.All(part => part.Share is > 0 and < TimeShares.Whole));
    }

    [TestMethod]
    public void A_part_has_its_share_of_the_time()
    {
        _options = _options with { Parts = ["check"], Limit = TimeSpan.FromSeconds(TimeShares.Whole / 10.0) };
        Execute(out _);

        Assert.AreEqual(TimeSpan.FromSeconds(20), _children.Runs.Single(run => FakeChildren.Is(run.Command, "bench")).Limit);
    }

    [TestMethod]
    public void What_is_left_is_the_limit_when_it_is_less_than_the_share()
    {
        _options = _options with { Parts = ["check", "bench", "tests"] };
        _children.Behaviour = (command, limit) => FakeChildren.Is(command, "bench") ? _children.EndsByLimit(limit) : null;
        Execute(out _);

        // 200 and 300 of 560 seconds are gone; the tests' share is 250, a class gets 60.
        Assert.AreEqual(TimeSpan.FromSeconds(60), _children.Runs[^1].Limit);
        Assert.AreEqual(TimeSpan.FromSeconds(500), _time.GetElapsedTime(0));
        Assert.AreEqual("out of time", Status("check"));
        Assert.AreEqual("passed", Status("tests"));
    }

    [TestMethod]
    public void A_part_that_only_ran_out_of_time_is_no_failure()
    {
        _options = _options with { Parts = ["check"] };
        _children.Behaviour = (command, limit) => Bench(command, output =>
        {
            File.WriteAllText(BenchJournal.PathFor(output), "{}");
            Write(output, FakeChildren.Row("a"));
            return _children.EndsByLimit(limit);
        });

        Assert.AreEqual(ExitCode.Done, Execute(out _));
        Assert.AreEqual("out of time", Status("check"));
        Assert.HasCount(1, _children.Commands("bench"), "what was under way when the time ended is no kernel that hangs");
    }

    [TestMethod]
    public void A_wrong_result_fails_the_check_when_the_time_ended_as_well()
    {
        _options = _options with { Parts = ["check"] };
        _children.Behaviour = (command, limit) => Bench(command, output =>
        {
            Write(output, FakeChildren.Row("a", fault: "the relative error is 1"));
            return _children.EndsByLimit(limit);
        });

        Assert.AreEqual(ExitCode.Failed, Execute(out _));
        Assert.Contains("1 wrong, 0 of them hang", Note("check"));
    }

    [TestMethod]
    public void A_kernel_that_ends_the_process_is_recorded_and_left_out_later()
    {
        _options = _options with { Parts = ["check", "probes", "bench"] };
        _children.Behaviour = (command, _) => Bench(command, output =>
        {
            if (_children.Commands("bench").Count() > 1)
            {
                File.Delete(BenchJournal.PathFor(output));
                Write(output, FakeChildren.Row("b"), FakeChildren.Row("hangs", "did not end within 20 s", lost: true));
                return new(1, EndedByLimit: false, "");
            }

            File.WriteAllText(BenchJournal.PathFor(output), "{}");
            return new(137, EndedByLimit: false, "");
        });

        Assert.AreEqual(ExitCode.Failed, Execute(out string said));
        ChildCommand[] commands = [.. _children.Commands("bench")];
        Assert.HasCount(3, commands);
        Assert.IsTrue(commands.All(command => command.Arguments.Contains("--resume")));
        Assert.Contains("a kernel ended the process; going on without it", said);
        Assert.Contains("1 wrong, 1 of them hang or end the process", Note("check"));
        Assert.AreEqual("hangs", FakeChildren.ValueOf(commands[2], "--except"));
        Assert.IsTrue(_children.Commands("probe").All(command => FakeChildren.ValueOf(command, "--except") == "hangs"));
    }

    [TestMethod]
    public void A_process_that_always_ends_is_not_started_for_ever()
    {
        _options = _options with { Parts = ["bench"] };
        _children.Behaviour = (command, _) => Bench(command, output =>
        {
            File.WriteAllText(BenchJournal.PathFor(output), "{}");
            return new(137, EndedByLimit: false, "");
        });

        Assert.AreEqual(ExitCode.Failed, Execute(out _));
        Assert.HasCount(20, _children.Commands("bench"));
    }

    [TestMethod]
    public void Findings_of_the_compiler_fail_the_check()
    {
        _options = _options with { Parts = ["check"] };
        _children.Behaviour = (command, _) => Bench(command, output =>
        {
            File.WriteAllText(output, JsonSerializer.Serialize(
                FakeChildren.Results(FakeChildren.Row("a")) with { Findings = ["a: C7510"] }, GpuBenchJson.Default.CudaBenchResult));
            return new(0, EndedByLimit: false, "");
        });

        Assert.AreEqual(ExitCode.Failed, Execute(out _));
        Assert.Contains("1 findings of the compiler", Note("check"));
    }

    [TestMethod]
    public void Kernels_that_the_user_names_are_run_though_they_were_lost()
    {
        _options = _options with { Parts = ["check", "bench"], Kernels = ["a*", "b"], Except = ["ab"], Against = _folder["earlier"] };
        Directory.CreateDirectory(_folder["earlier"]);
        Write(Path.Combine(_folder["earlier"], "check.json"), FakeChildren.Row("a1", "lost", lost: true));
        Execute(out _);

        foreach (ChildCommand command in _children.Commands("bench"))
        {
            Assert.AreEqual("a*,b", FakeChildren.ValueOf(command, "--kernels"));
            Assert.AreEqual("ab", FakeChildren.ValueOf(command, "--except"));
            Assert.DoesNotContain("a1", command.Arguments);
        }
    }

    [TestMethod]
    public void Kernels_that_were_lost_in_earlier_results_are_left_out()
    {
        _options = _options with { Parts = ["bench"], Against = _folder["earlier"] };
        Directory.CreateDirectory(_folder["earlier"]);
        Write(Path.Combine(_folder["earlier"], "check.json"), FakeChildren.Row("a1", "lost", lost: true));
        Execute(out _);

        Assert.AreEqual("a1", FakeChildren.ValueOf(_children.Commands("bench").Single(), "--except"));
    }

    [TestMethod]
    [DataRow("GPU 0: NVIDIA H100, compute capability 9.0", "*-sm90a-*")]
    [DataRow("GPU 0: NVIDIA A100, compute capability 8.0", null)]
    public void On_Hopper_its_own_kernels_are_checked(string doctor, string? kernels)
    {
        _options = _options with { Parts = ["doctor", "check"] };
        _children.Behaviour = (command, _) => FakeChildren.Is(command, "doctor") ? new(0, EndedByLimit: false, doctor + "\n") : null;
        Execute(out _);

        Assert.HasCount(1, _children.Commands("doctor"));
        Assert.AreEqual(kernels, FakeChildren.ValueOf(_children.Commands("bench").Single(), "--kernels"));
    }

    [TestMethod]
    [DataRow("tune", true, true)]
    [DataRow("bench", false, false)]
    [DataRow("tune,bench", true, false)]
    public void Tuning_is_a_part_of_measuring(string parts, bool tunes, bool checksOnly)
    {
        _options = _options with { Parts = parts.Split(',') };
        Execute(out _);

        ChildCommand command = _children.Commands("bench").Single();
        Assert.AreEqual(tunes, command.Arguments.Contains("--tune"));
        Assert.AreEqual(checksOnly, command.Arguments.Contains("--check-only"));
        Assert.AreEqual("passed", Status("bench"));
    }

    [TestMethod]
    [DataRow("partial-panels", ExitCode.Done)]
    [DataRow("whole-panels", ExitCode.Failed)]
    public void Only_an_undocumented_probe_may_fail(string probe, int code)
    {
        _options = _options with { Parts = ["probes"] };
        _children.Behaviour = (command, limit) => FakeChildren.ValueOf(command, "--only") == probe ? _children.EndsByLimit(limit) : null;

        Assert.AreEqual(code, Execute(out string said));
        Assert.AreEqual("out of time", Status("probes"));
        Assert.Contains($"probe {probe} did not end within 60 s", said);
        Assert.HasCount(Lab.Probes.ProbeRun.Names.Count - 1, _children.Commands("probe"), "each has a process of its own");
    }

    [TestMethod]
    [DataRow(true, false, true)]
    [DataRow(true, true, false)]
    [DataRow(false, false, false)]
    public void Kernels_that_the_bundle_has_are_not_compiled_again(bool hasKernels, bool compileHere, bool expected)
    {
        _options = _options with { Parts = ["compilation", "check"], CompileHere = compileHere };
        string kernels = Path.Combine(_options.Application, "precompiled");
        if (hasKernels)
            Directory.CreateDirectory(kernels);
        Execute(out _);

        foreach (ChildCommand command in _children.Commands("probe").Concat(_children.Commands("bench")))
            Assert.AreEqual(expected ? kernels : null, FakeChildren.ValueOf(command, "--precompiled"));
    }

    [TestMethod]
    public void Results_of_test_classes_are_added_up_and_kernels_come_first()
    {
        _options = _options with { Parts = ["tests"] };
        _children.Behaviour = (command, limit) => FakeChildren.ValueOf(command, "--filter") is { } filter
            ? filter.Contains("Cache", StringComparison.Ordinal)
                ? _children.EndsByLimit(limit)
                : _children.Takes(
                    TimeSpan.FromSeconds(200), 0, "Test run summary: Passed!\n  total: 5\n  failed: 0\n  succeeded: 4\n  skipped: 1\n")
            : null;

        Assert.AreEqual(ExitCode.Done, Execute(out _), "a class that had less than its 60 seconds is no failure");
        Assert.AreEqual("4 succeeded, 0 failed, 1 skipped; did not end: CudaCacheTests", Note("tests"));
        Assert.Contains("CudaKernelTests",
            FakeChildren.ValueOf(
                _children.Runs.First(run => FakeChildren.ValueOf(run.Command, "--filter") is not null).Command, "--filter")!);
        Assert.IsTrue(_children.Runs.Where(run => FakeChildren.ValueOf(run.Command, "--filter") is not null)
            .All(run => run.Command.Environment["KERNELGEN_TEST_DEVICE"] == "cuda"));
    }

    [TestMethod]
    public void A_test_class_that_takes_its_60_seconds_fails_the_check()
    {
        _options = _options with { Parts = ["tests"] };
        _children.Behaviour = (command, limit) =>
            FakeChildren.ValueOf(command, "--filter") is not null ? _children.EndsByLimit(limit) : null;

        Assert.AreEqual(ExitCode.Failed, Execute(out _));
    }

    [TestMethod]
    public void A_failed_test_counts_though_its_process_was_ended()
    {
        _options = _options with { Parts = ["tests"], Limit = TimeSpan.FromSeconds(30) };
        _children.Behaviour = (command, limit) => FakeChildren.ValueOf(command, "--filter") is not null
            ? _children.EndsByLimit(limit) with { Output = "failed A_test (10ms)\n" }
            : null;

        Assert.AreEqual(ExitCode.Failed, Execute(out _));
        Assert.AreEqual("failed", Status("tests"));
    }

    [TestMethod]
    [DataRow(3)]
    [DataRow(ChildResult.NoSuchProgram)]
    public void Without_torch_peers_are_skipped(int exitCode)
    {
        _options = _options with { Parts = ["peers"] };
        _children.Behaviour = (command, _) => IsScript(command, "torch_sdpa.py") ? new(exitCode, EndedByLimit: false, "") : null;

        Assert.AreEqual(ExitCode.Done, Execute(out _));
        Assert.AreEqual("skipped", Status("peers"));
    }

    [TestMethod]
    public void Merged_files_bear_the_name_of_the_GPU_and_take_earlier_peers()
    {
        _options = _options with
        {
            Parts = ["bench", "merge"], Against = _folder["earlier"], Command = "gpu-check.sh RESULTS --parts bench,merge",
        };
        Directory.CreateDirectory(_folder["earlier"]);
        _children.Behaviour = (command, _) => command.FileName == "nvidia-smi"
            ? new(0, EndedByLimit: false, "NVIDIA H200 NVL\n")
            : Bench(command, output =>
            {
                Write(output, FakeChildren.Row("a"));
                return new(0, EndedByLimit: false, "");
            });

        Assert.AreEqual(ExitCode.Done, Execute(out _));
        ChildCommand merge = _children.Runs.Select(run => run.Command).Single(command => IsScript(command, "merge.py"));
        Assert.AreEqual("h200-nvl", FakeChildren.ValueOf(merge, "--name"));
        Assert.AreEqual(Path.Combine(_folder["earlier"], "peers.json"), FakeChildren.ValueOf(merge, "--peers"));
        Assert.AreEqual(_options.Command, FakeChildren.ValueOf(merge, "--command"));
        Assert.AreEqual("h200-nvl.md", Note("merge"));
    }

    [TestMethod]
    public void Scripts_that_fail_to_merge_fail_the_check()
    {
        _options = _options with { Parts = ["merge"] };
        Directory.CreateDirectory(_options.Results);
        File.WriteAllText(Path.Combine(_options.Results, "ours.json"), "{}");
        _children.Behaviour = (command, _) => IsScript(command, "merge.py") ? new(1, EndedByLimit: false, "") : null;

        Assert.AreEqual(ExitCode.Failed, Execute(out _));
    }

    [TestMethod]
    public void Smoke_takes_tiny_shapes_and_says_so_to_every_probe()
    {
        _options = _options with { Parts = ["compilation", "check", "bench", "tests"], Smoke = true };
        Execute(out _);

        Assert.IsTrue(_children.Commands("probe").All(command => command.Arguments.Contains("--smoke")));
        Assert.IsTrue(_children.Commands("bench")
            .All(command => FakeChildren.ValueOf(command, "--shapes-file")!.EndsWith("shapes-smoke.json", StringComparison.Ordinal)));
        Assert.AreEqual("9.0", _children.Commands("bench").First().Environment["CUDA_EMULATOR_COMPUTE_CAPABILITY"]);
    }

    private static bool IsScript(ChildCommand command, string name) =>
        command.Arguments.Count > 0 && command.Arguments[0].EndsWith(name, StringComparison.Ordinal);

    private static ChildResult? Bench(ChildCommand command, Func<string, ChildResult> run) =>
        FakeChildren.Is(command, "bench") ? run(FakeChildren.ValueOf(command, "--output")!) : null;

    private static void Write(string output, params CudaBenchRow[] rows) =>
        File.WriteAllText(output, JsonSerializer.Serialize(FakeChildren.Results(rows), GpuBenchJson.Default.CudaBenchResult));

    private int Execute(out string said)
    {
        using StringWriter output = new() { NewLine = "\n" };
        using GpuCheckRun run = new(_options, _children, _time, output);
        int code = run.Execute(CancellationToken.None);
        said = output.ToString();
        return code;
    }

    private JsonElement Summary() => JsonDocument.Parse(File.ReadAllText(Path.Combine(_options.Results, "summary.json"))).RootElement;

    private string Status(string part) => Summary().GetProperty("parts").GetProperty(part).GetProperty("status").GetString()!;

    private string Note(string part) => Summary().GetProperty("parts").GetProperty(part).GetProperty("note").GetString()!;
}
