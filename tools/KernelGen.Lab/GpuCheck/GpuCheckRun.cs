using System.Text.Json;
using KernelGen.Lab.Probes;

namespace KernelGen.Lab.GpuCheck;

/// <summary>Checks and measures kernels on this machine's GPU: one part after the other, each in processes of its own.</summary>
internal sealed class GpuCheckRun : IDisposable
{
    private const string Compilation = "compilation";
    private const string Turns = "turns";

    private readonly CheckRun _run;
    private readonly TimeShares _shares;
    private readonly CheckSummary _summary;
    private string? _doctor;

    /// <summary>Begins a check.</summary>
    /// <param name="options">What is to be checked.</param>
    /// <param name="children">Runs processes.</param>
    /// <param name="time">The clock.</param>
    /// <param name="output">Receives a line for each part.</param>
    public GpuCheckRun(GpuCheckOptions options, IChildRunner children, TimeProvider time, TextWriter output)
    {
        _run = new(options, children, time, output);
        _shares = new(options.Limit, time);
        _summary = new(options.Command, 0, []);
        File.Delete(_run.ResultFile("sanitizer.log"));
        Parts =
        [
            new("doctor", 20, limit => Doctor(limit())),

            // Compiles all kernels for Hopper, several at once, into the cache of the parts after it.
            new(Compilation, 260, limit => new ProbePart(_run).Run(limit, Compilation)),
            new("check", 200, limit => Check(limit())),
            new("probes", 60, limit => new ProbePart(_run).Run(limit, OtherProbes)),
            new("bench", 300, limit => Bench(limit())),
            new("peers", 230, limit => new PeerParts(_run).Measure(limit(), Shapes)),
            new("merge", 20, limit => new PeerParts(_run).Merge(limit)),
            new("tests", 250, limit => new TestPart(_run).Run(limit())),
            new("memcheck", 45, limit => new SanitizerPart(_run).Run("memcheck", limit())),
            new("racecheck", 45, limit => new SanitizerPart(_run).Run("racecheck", limit())),
        ];
    }

    /// <summary>The names that may be chosen. Tuning is a part of measuring: with it a shape is measured with the fastest kernel.</summary>
    public static IReadOnlyList<string> PartNames { get; } =
        ["doctor", Compilation, "check", "probes", "tune", "bench", "peers", "merge", "tests", "memcheck", "racecheck"];

    /// <summary>The parts, in their order: what is worth the most comes first, because the time may end.</summary>
    public IReadOnlyList<Part> Parts { get; }

    private static IEnumerable<string> OtherProbes => [.. ProbeRun.Names.Where(name => name is not (Compilation or Turns)), Turns];

    private string Shapes => ShapesFile("shapes.json");

    /// <summary>Runs it.</summary>
    /// <param name="cancellationToken">Stops it before the next part.</param>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public int Execute(CancellationToken cancellationToken)
    {
        bool failed = false;
        Part? firstAfterCheck = Parts.SkipWhile(part => part.Name != "check").Skip(1).FirstOrDefault(IsWanted);
        foreach (Part part in Parts.Where(IsWanted))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (part == firstAfterCheck)
                LeaveOutLostKernels();

            TimeSpan begin = _shares.Elapsed;
            PartResult result = part.Command(() => _shares.Limit(part.Share));
            Record(part.Name, result, (int)(_shares.Elapsed - begin).TotalSeconds);
            failed |= result.FailsCheck;
        }

        _run.Say(Invariant($"{(failed ? "FAILED" : "Passed")} in {_shares.Elapsed.TotalSeconds:0} s; results in {_run.Options.Results}"));
        return failed ? ExitCode.Failed : ExitCode.Done;
    }

    /// <inheritdoc/>
    public void Dispose() => _run.Dispose();

    private bool IsWanted(Part part) => _run.Options.Wants(part.Name) || (part.Name == "bench" && _run.Options.Wants("tune"));

    private string ShapesFile(string name) => _run.BundleFile(Path.Combine("peers", _run.Options.Smoke ? "shapes-smoke.json" : name));

    private PartResult Doctor(TimeSpan limit)
    {
        _run.Run(new("nvidia-smi", ["--query-gpu=name,driver_version,memory.total,clocks.sm,clocks.max.sm", "--format=csv"]), limit);
        ChildResult child = _run.Run(_run.SampleCommand("doctor"), limit);
        _doctor = child.Output;
        return new(child.Status, "", FailsCheck: false);
    }

    // Every kernel for Hopper, on a GPU that runs them; elsewhere every kernel there is.
    private PartResult Check(TimeSpan limit)
    {
        _doctor ??= _run.Run(_run.SampleCommand("doctor"), limit, TextWriter.Null).Output;
        bool isHopper =
            _doctor.Contains("compute capability 9.0", StringComparison.Ordinal) || _doctor.Contains("sm_90", StringComparison.Ordinal);

        // One slice size of the materialized ones: the others share its text.
        string[] kernels = isHopper && _run.Options.Kernels.Count == 0
            ? ["--kernels", "*-sm90a-*", "--except", "materialized-sm90a-*-r512,materialized-sm90a-*-r8192"]
            : [];
        return new Measurement(_run, "check", "check").Run(
            limit, ["--check-only", "--all-variants", "--shapes-file", ShapesFile("shapes-check.json"), .. kernels]);
    }

    private PartResult Bench(TimeSpan limit) => new Measurement(_run, "bench", "ours").Run(
        limit,
        [
            .. _run.Options.AllVariants ? ["--all-variants"] : (string[])[],
            .. _run.Options.Wants("tune") ? ["--tune"] : (string[])[],
            .. _run.Options.Wants("bench") ? [] : (string[])["--check-only"],
            "--shapes-file", Shapes,
        ]);

    // A kernel that hung, in this check or in the one before, hangs again.
    private void LeaveOutLostKernels()
    {
        _run.LeaveOut(Measurement.LostKernels(_run.ResultFile("check.json")));
        if (_run.Options.Against is { } against)
            _run.LeaveOut(Measurement.LostKernels(Path.Combine(against, "check.json")));
    }

    private void Record(string part, PartResult result, int seconds)
    {
        _run.Say(Invariant($"{part,-11} {result.StatusText,-12} {seconds,4} s  {result.Note}"));
        _summary.Parts[part] = new(result.StatusText, seconds, result.Note);
        CheckSummary now = _summary with { Seconds = (int)_shares.Elapsed.TotalSeconds };
        File.WriteAllText(_run.ResultFile("summary.json"), JsonSerializer.Serialize(now, GpuCheckJson.Default.CheckSummary) + "\n");
    }
}
