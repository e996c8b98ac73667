using System.Text.RegularExpressions;

namespace KernelGen.Lab.GpuCheck;

/// <summary>Every variant on tiny shapes under a tool of compute-sanitizer.</summary>
/// <param name="run">The check.</param>
internal sealed partial class SanitizerPart(CheckRun run)
{
    private const string ErrorExitCode = "86";

    /// <summary>Runs a tool.</summary>
    /// <param name="tool">Its name.</param>
    /// <param name="limit">How long it may take.</param>
    public PartResult Run(string tool, TimeSpan limit)
    {
        if (run.Tools.Sanitizer is not { } sanitizer)
            return PartResult.Skipped("there is no compute-sanitizer");

        ChildCommand bench = run.KernelCommand(
            "bench", "--device", "cuda", "--experimental", "hopper", "--check-only", "--all-variants", "--kernel-seconds", "120",
            "--shapes-file", run.BundleFile(Path.Combine("peers", "shapes-smoke.json")));
        using StreamWriter log = new(run.ResultFile("sanitizer.log"), append: true) { AutoFlush = true };
        log.WriteLine($"==== {tool}");
        ChildResult child = run.Run(
            bench with
            {
                FileName = sanitizer,
                Arguments = ["--tool", tool, "--error-exitcode", ErrorExitCode, bench.FileName, .. bench.Arguments],
            },
            limit, log);
        string note = Summary().Matches(child.Output).LastOrDefault()?.Value ?? "";
        return new(child.Status, note, child.Status == PartStatus.Failed);
    }

    [GeneratedRegex("[A-Z]+ SUMMARY: .*")]
    private static partial Regex Summary();
}
