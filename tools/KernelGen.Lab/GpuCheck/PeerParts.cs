
namespace KernelGen.Lab.GpuCheck;

/// <summary>The parts that are scripts: PyTorch on the same shapes, and both side by side for people.</summary>
/// <param name="run">The check.</param>
internal sealed class PeerParts(CheckRun run)
{
    /// <summary>The exit code of the script where no torch sees the GPU.</summary>
    private const int NoTorch = 3;

    private string PeersFile => run.ResultFile("peers.json");

    /// <summary>Times PyTorch.</summary>
    /// <param name="limit">How long it may take.</param>
    /// <param name="shapes">The file of shapes.</param>
    public PartResult Measure(TimeSpan limit, string shapes)
    {
        File.Delete(PeersFile);
        TimeSpan seconds = limit > TimeSpan.FromSeconds(60) ? limit - TimeSpan.FromSeconds(25) : limit;
        ChildResult child = run.Run(
            Script(
                "torch_sdpa.py", "--shapes", shapes, "--out", PeersFile,
                "--seconds", Invariant($"{Math.Max(1, (int)seconds.TotalSeconds)}")),
            limit);
        return !child.EndedByLimit && child.ExitCode is NoTorch or ChildResult.NoSuchProgram
            ? PartResult.Skipped("there is no torch that sees the GPU")
            : new(child.Status, "", FailsCheck: false);
    }

    /// <summary>Writes the merged files.</summary>
    /// <param name="limit">How long a script may take.</param>
    public PartResult Merge(Func<TimeSpan> limit)
    {
        PartStatus status = PartStatus.Passed;
        List<string> written = [];
        string name = run.Options.Name ?? run.Tools.GpuName;
        string ours = run.ResultFile("ours.json");
        if (File.Exists(ours))
        {
            string peers = !File.Exists(PeersFile) && run.Options.Against is { } against ? Path.Combine(against, "peers.json") : PeersFile;
            Write($"{name}.md", "merge.py", "--ours", ours, "--peers", peers);
        }

        string[] probes = [.. Directory.GetFiles(run.Options.Results, "probe-*.json").Order(StringComparer.Ordinal)];
        if (probes.Length > 0)
            Write($"{name}-probes.md", "probes.py", ["--probes", .. probes]);
        return new(status, written.Count > 0 ? string.Join(" and ", written) : "there was nothing to merge", status != PartStatus.Passed);

        void Write(string file, string script, params string[] arguments)
        {
            ChildResult child = run.Run(
                Script(script, [.. arguments, "--out", run.Options.Results, "--name", name, "--command", run.Options.Command]), limit());
            status = child.Status == PartStatus.Passed ? status : PartStatus.Failed;
            written.Add(file);
        }
    }

    private ChildCommand Script(string name, params string[] arguments) =>
        new(run.Tools.Python, [run.BundleFile(Path.Combine("peers", name)), .. arguments]);
}
