using System.Text.RegularExpressions;

namespace KernelGen.Lab.GpuCheck;

/// <summary>
/// Runs the CUDA tests on the GPU, a class after the other, each in a process of its own: a test whose kernel never ends costs its class,
/// not the others.
/// </summary>
/// <param name="run">The check.</param>
internal sealed partial class TestPart(CheckRun run)
{
    private static readonly TimeSpan _classLimitOnGpu = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan _classLimitOnEmulator = TimeSpan.FromSeconds(240);
    private static readonly TimeSpan _shortest = TimeSpan.FromSeconds(2);
    private static readonly string[] _smokeFilters =
        ["FullyQualifiedName~.Cuda.CudaKernelTests.GoldenVector", "FullyQualifiedName~.Cuda.LaunchGridTests."];

    private readonly TimeSpan _classLimit = run.Options.Smoke ? _classLimitOnEmulator : _classLimitOnGpu;
    private readonly Dictionary<string, int> _counts = new() { ["succeeded"] = 0, ["failed"] = 0, ["skipped"] = 0 };

    /// <summary>Runs them.</summary>
    /// <param name="limit">For all classes together.</param>
    public PartResult Run(TimeSpan limit)
    {
        long begin = run.Time.GetTimestamp();
        PartStatus status = PartStatus.Passed;
        bool isFault = false;
        List<string> endedEarly = [];
        using StreamWriter log = new(run.ResultFile("tests.log")) { AutoFlush = true };
        foreach (string filter in Filters())
        {
            TimeSpan left = limit - run.Time.GetElapsedTime(begin);
            if (left < _shortest)
            {
                status = status == PartStatus.Passed ? PartStatus.OutOfTime : status;
                break;
            }

            log.WriteLine($"==== {filter}");
            TimeSpan most = left < _classLimit ? left : _classLimit;
            ChildResult child = run.Run(Tests(filter), most, log);
            Count(child.Output);

            // Nobody adds up the failures of a process that was ended.
            if (child.Status == PartStatus.Failed || FailedTest().IsMatch(child.Output))
                (status, isFault) = (PartStatus.Failed, true);
            if (child.EndedByLimit)
            {
                endedEarly.Add(filter[(filter.IndexOf(".Cuda.", StringComparison.Ordinal) + ".Cuda.".Length)..].TrimEnd('.'));
                isFault |= most == _classLimit;
            }
        }

        string note = Invariant($"{_counts["succeeded"]} succeeded, {_counts["failed"]} failed, {_counts["skipped"]} skipped");
        return new(status, endedEarly.Count == 0 ? note : $"{note}; did not end: {string.Join(' ', endedEarly)}", isFault);
    }

    private string[] Filters() => run.Options.Smoke
        ? _smokeFilters
        : [.. File.ReadAllLines(run.BundleFile("test-classes.txt")).OrderBy(RunsNoKernels)
            .Select(name => $"FullyQualifiedName~.Cuda.{name}.")];

    // Classes that run kernels come first, because the time may end.
    private static bool RunsNoKernels(string name) => !KernelTests().IsMatch(name);

    private ChildCommand Tests(string filter) => new(
        run.Program("KernelGen.RuntimeHost.Tests"),
        ["--progress", "off", "--no-ansi", "--filter", filter, "--results-directory", Path.Combine(run.Options.Application, "TestResults")])
    {
        Environment = new Dictionary<string, string> { ["KERNELGEN_TEST_DEVICE"] = "cuda" },
    };

    private void Count(string output)
    {
        foreach (Match match in CountLine().Matches(output))
            _counts[match.Groups[1].Value] += int.Parse(match.Groups[2].ValueSpan);
    }

    [GeneratedRegex("Kernel|Hopper|Float32|Split|Launch")]
    private static partial Regex KernelTests();

    [GeneratedRegex(@"^\s*(succeeded|failed|skipped): (\d+)", RegexOptions.Multiline)]
    private static partial Regex CountLine();

    [GeneratedRegex("^failed ", RegexOptions.Multiline)]
    private static partial Regex FailedTest();
}
