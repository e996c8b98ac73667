using KernelGen.Lab.GpuBench;
using KernelGen.Lab.GpuCheck;

namespace KernelGen.Lab.Tests.GpuCheck;

/// <summary>Processes that are not run: a function says what each of them would do.</summary>
internal sealed class FakeChildren(ManualTime time) : IChildRunner
{
    /// <summary>What was run, with the time that it had.</summary>
    public List<(ChildCommand Command, TimeSpan Limit)> Runs { get; } = [];

    /// <summary>What a process does; null for a process that succeeds at once without a word.</summary>
    public Func<ChildCommand, TimeSpan, ChildResult?> Behaviour { get; set; } = (_, _) => null;

    public ChildResult Run(ChildCommand command, TimeSpan limit, TextWriter log)
    {
        Runs.Add((command, limit));
        return Behaviour(command, limit) ?? new(0, EndedByLimit: false, "");
    }

    /// <summary>A process that takes all of its time and is ended.</summary>
    public ChildResult EndsByLimit(TimeSpan limit)
    {
        time.Advance(limit);
        return new(137, EndedByLimit: true, "");
    }

    /// <summary>A process that takes some time.</summary>
    public ChildResult Takes(TimeSpan duration, int exitCode = 0, string output = "")
    {
        time.Advance(duration);
        return new(exitCode, EndedByLimit: false, output);
    }

    /// <summary>The commands of the sample application of a name, such as <c>bench</c>.</summary>
    public IEnumerable<ChildCommand> Commands(string name) => Runs.Select(run => run.Command).Where(command => Is(command, name));

    public static bool Is(ChildCommand command, string name) => command.Arguments.Count > 0 && command.Arguments[0] == name;

    /// <summary>The argument after an option; null when it is not given.</summary>
    public static string? ValueOf(ChildCommand command, string option)
    {
        int index = command.Arguments.ToList().IndexOf(option);
        return index < 0 ? null : command.Arguments[index + 1];
    }

    /// <summary>What <c>bench</c> writes.</summary>
    public static CudaBenchResult Results(params CudaBenchRow[] rows) =>
        new("2026-01-01", "1.0.0", "a GPU", null, null, 0, new Dictionary<string, double>(), true, 1, [], [], [], rows);

    public static CudaBenchRow Row(string variant, string? fault = null, bool lost = false, int localBytes = 0) => new(
        "a shape", 40, "f16", 1, 1, 1, 1, false, null, variant, true, 1, 0, null, null, null, 32, localBytes, 0, null, null, null, fault,
        lost);
}
