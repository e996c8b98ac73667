using System.Text.Json;
using KernelGen.Lab.GpuBench;

namespace KernelGen.Lab.GpuCheck;

/// <summary>
/// Runs <c>bench</c> as often as it takes. A kernel that does not end, or takes the GPU's context with it, ends the process; the next one
/// goes on without it.
/// </summary>
/// <param name="run">The check.</param>
/// <param name="part">The part, for messages.</param>
/// <param name="file">The name of the file of results, without its extension.</param>
internal sealed class Measurement(CheckRun run, string part, string file)
{
    private const int MostProcesses = 20;
    private static readonly TimeSpan _shortest = TimeSpan.FromSeconds(2);

    /// <summary>Runs it.</summary>
    /// <param name="limit">For all processes together.</param>
    /// <param name="options">What to measure.</param>
    public PartResult Run(TimeSpan limit, params IEnumerable<string> options)
    {
        string output = run.ResultFile(file + ".json");
        string journal = BenchJournal.PathFor(output);
        File.Delete(output);
        File.Delete(journal);

        long begin = run.Time.GetTimestamp();
        PartStatus status = PartStatus.Failed;
        for (int processes = 0; processes < MostProcesses; processes++)
        {
            TimeSpan left = limit - run.Time.GetElapsedTime(begin);
            if (left < _shortest)
            {
                status = PartStatus.OutOfTime;
                break;
            }

            ChildResult child = run.Run(Bench(output, left, options), left);
            status = child.Status;

            // What was under way when the time of the part ended is no kernel that hangs.
            if (child.EndedByLimit)
                File.Delete(journal);
            if (!File.Exists(journal))
                break;
            run.Say($"           {part}: a kernel ended the process; going on without it");
        }

        return Judge(status, Read(output), unfinished: File.Exists(journal));
    }

    /// <summary>The kernels of a file of results that did not end, or ended their process.</summary>
    /// <param name="path">The file; it may be missing.</param>
    public static IReadOnlyCollection<string> LostKernels(string path) =>
        [.. (Read(path)?.Rows ?? []).Where(row => row.Lost).Select(row => row.Variant).Distinct().Order(StringComparer.Ordinal)];

    private static CudaBenchResult? Read(string path)
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllText(path), GpuBenchJson.Default.CudaBenchResult) : null;
        }
        catch (JsonException)
        {
            // Results of another version, or no results: nothing is known of its kernels.
            return null;
        }
    }

    private ChildCommand Bench(string output, TimeSpan left, IEnumerable<string> options)
    {
        TimeSpan seconds = left > TimeSpan.FromSeconds(60) ? left - TimeSpan.FromSeconds(15) : left;
        return run.KernelCommand(
        [
            "bench", "--device", "cuda", "--experimental", "hopper", "--resume",
            "--kernel-seconds", run.Options.Smoke ? "120" : "20",
            .. options,
            "--output", output,
            "--seconds", Invariant($"{Math.Max(1, (int)seconds.TotalSeconds)}"),
        ]);
    }

    private static PartResult Judge(PartStatus status, CudaBenchResult? result, bool unfinished)
    {
        IReadOnlyList<CudaBenchRow> rows = result?.Rows ?? [];
        int wrong = rows.Count(row => row.Fault is not null);
        int lost = rows.Count(row => row.Lost);
        int spilling = rows.Where(row => row.LocalBytes > 0).Select(row => row.Variant).Distinct().Count();
        int findings = result?.Findings.Count ?? 0;
        bool isFault = unfinished || wrong > 0 || findings > 0 || result?.SpilledTensorCoreVariants.Count > 0;
        return new(
            status,
            Invariant($"{wrong} wrong, {lost} of them hang or end the process, {spilling} kernels spill, {findings} findings of the ")
                + "compiler",
            status == PartStatus.Failed || isFault);
    }
}
