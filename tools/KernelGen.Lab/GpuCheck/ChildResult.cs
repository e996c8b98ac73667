namespace KernelGen.Lab.GpuCheck;

/// <summary>The outcome of a process.</summary>
/// <param name="ExitCode">Its exit code; 127 when there is no such program.</param>
/// <param name="EndedByLimit">It was ended because its time was over.</param>
/// <param name="Output">Its standard output.</param>
internal readonly record struct ChildResult(int ExitCode, bool EndedByLimit, string Output)
{
    /// <summary>The exit code of a shell for a program that is not there.</summary>
    public const int NoSuchProgram = 127;

    /// <summary>The status of a part that is this process.</summary>
    public PartStatus Status =>
        EndedByLimit ? PartStatus.OutOfTime : ExitCode == CommandLine.ExitCode.Done ? PartStatus.Passed : PartStatus.Failed;
}
