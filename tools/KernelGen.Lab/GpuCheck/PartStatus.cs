namespace KernelGen.Lab.GpuCheck;

/// <summary>The status of a part.</summary>
internal enum PartStatus
{
    /// <summary>It came to its end.</summary>
    Passed,

    /// <summary>A result is wrong, or a process failed.</summary>
    Failed,

    /// <summary>Its time ended first; what was done by then is kept.</summary>
    OutOfTime,

    /// <summary>This machine lacks what it needs.</summary>
    Skipped,
}
