using KernelGen.Execution;
using KernelGen.Planning;

namespace KernelGen.Samples.Demo;

/// <summary>Runs plans of the demo: with progress, and often enough for a time that means something.</summary>
internal static class DemoRun
{
    private static readonly TimeSpan Enough = TimeSpan.FromMilliseconds(300);
    private const int MostRuns = 10;

    /// <summary>Runs a plan until the runs took 0.3 s together, and at most 10 times.</summary>
    /// <returns>The fastest run.</returns>
    public static RunReport Run(
        CommandConsole console, string name, ISliceAttention attention, SlicePlan plan, DemoTensors tensors, Half[] output)
    {
        AttentionOptions options = new()
        {
            CheckFinite = true,
            CancellationToken = console.CancellationToken,
            Progress = console.ErrorIsTerminal ? new Progress(console, name) : null,
        };
        console.Progress($"{name}: running");
        RunReport fastest = default;
        TimeSpan spent = TimeSpan.Zero;
        for (int run = 0; run < MostRuns && spent < Enough; run++)
        {
            RunReport report = attention.Run<Half>(plan, tensors.Query, tensors.Key, tensors.Value, output, options);
            spent += report.Elapsed;
            if (run == 0 || report.Elapsed < fastest.Elapsed)
                fastest = report;
        }

        console.Progress("");
        return fastest;
    }

    private sealed class Progress(CommandConsole console, string name) : IProgress<AttentionProgress>
    {
        public void Report(AttentionProgress value) =>
            console.Progress(Invariant($"{name}: slice {value.SlicesDone} of {value.SliceCount}"));
    }
}
