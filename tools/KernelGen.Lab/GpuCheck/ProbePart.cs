using System.Text.Json;

namespace KernelGen.Lab.GpuCheck;

/// <summary>Runs probes, each in a process of its own, so that one that never ends does not take the others with it.</summary>
/// <param name="run">The check.</param>
internal sealed class ProbePart(CheckRun run)
{
    /// <summary>It asks what no documentation promises, so that a fault is an answer.</summary>
    private const string Undocumented = "partial-panels";

    /// <summary>Runs some.</summary>
    /// <param name="limit">How long a probe may take that is started now.</param>
    /// <param name="names">Their names.</param>
    public PartResult Run(Func<TimeSpan> limit, params IEnumerable<string> names)
    {
        PartStatus status = PartStatus.Passed;
        bool isFault = false;
        int failures = 0;
        foreach (string name in names)
        {
            TimeSpan most = limit();
            string output = run.ResultFile($"probe-{name}.json");
            File.Delete(output);
            ChildResult child = run.Run(Probe(name, output, most), most);
            failures += Failures(output);
            if (child.Status == PartStatus.Passed)
                continue;

            status = child.Status;
            isFault |= name != Undocumented;
            run.Say(child.EndedByLimit
                ? Invariant($"           probe {name} did not end within {most.TotalSeconds:0} s")
                : Invariant($"           probe {name}: exit code {child.ExitCode}"));
        }

        return new(status, Invariant($"{failures} slow or wrong"), isFault);
    }

    private ChildCommand Probe(string name, string output, TimeSpan limit)
    {
        TimeSpan seconds = limit > TimeSpan.FromSeconds(30) ? limit - TimeSpan.FromSeconds(10) : limit;
        return run.KernelCommand(
        [
            "probe", "--only", name, .. run.Options.Smoke ? ["--smoke"] : (string[])[],
            "--output", output, "--seconds", Invariant($"{Math.Max(1, (int)seconds.TotalSeconds)}"),
        ]);
    }

    private static int Failures(string path)
    {
        if (!File.Exists(path))
            return 0;

        using JsonDocument report = JsonDocument.Parse(File.ReadAllText(path));
        return report.RootElement.GetProperty("probes").EnumerateArray().Sum(probe => probe.GetProperty("failures").GetArrayLength());
    }
}
