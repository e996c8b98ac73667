namespace KernelGen.Lab.GpuCheck;

/// <summary>
/// Runs processes. The check itself never opens CUDA: a kernel that hangs or takes the GPU's context with it ends a child, and the check
/// goes on.
/// </summary>
internal interface IChildRunner
{
    /// <summary>Runs a process to its end, or until its time is over.</summary>
    /// <param name="command">The process.</param>
    /// <param name="limit">After this time it is ended, with all processes that it started.</param>
    /// <param name="log">Receives what it writes, line by line.</param>
    ChildResult Run(ChildCommand command, TimeSpan limit, TextWriter log);
}
