namespace KernelGen.Lab.GpuCheck;

/// <summary>The outcome of a part.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Note">What it found, in a few words.</param>
/// <param name="FailsCheck">The check fails with it. A part that is out of time does so only when it found a fault by then.</param>
internal readonly record struct PartResult(PartStatus Status, string Note, bool FailsCheck)
{
    /// <summary>The status for people and for the summary.</summary>
    public string StatusText => Status switch
    {
        PartStatus.Passed => "passed",
        PartStatus.Failed => "failed",
        PartStatus.OutOfTime => "out of time",
        _ => "skipped",
    };

    /// <summary>A part that this machine cannot run.</summary>
    public static PartResult Skipped(string reason) => new(PartStatus.Skipped, reason, FailsCheck: false);
}
