namespace KernelGen.CommandLine;

/// <summary>The exit codes of a process.</summary>
public static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>A fault of this program, or a result that failed its check.</summary>
    public const int Failed = 1;

    /// <summary>Bad usage or input.</summary>
    public const int BadInput = 2;

    /// <summary>It does not fit in memory.</summary>
    public const int DoesNotFit = 3;

    /// <summary>The device asked for cannot be used, or failed.</summary>
    public const int DeviceNotUsable = 4;

    /// <summary>Stopped by Ctrl+C: what shells use for a process ended by that signal.</summary>
    public const int Cancelled = 130;
}
