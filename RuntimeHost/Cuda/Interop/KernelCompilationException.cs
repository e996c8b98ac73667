namespace KernelGen.Cuda;

/// <summary>The run-time compiler refused a generated kernel, or failed.</summary>
/// <param name="kernel">The variant's id.</param>
/// <param name="reason">The call that failed, with code and text.</param>
/// <param name="log">The compiler's log, and the lines of the generated source that it names.</param>
public sealed class KernelCompilationException(string kernel, string reason, string log)
    : Exception($"{kernel} could not be compiled: {reason}." + (log.Length > 0 ? "\n" + log : ""))
{
    /// <summary>The variant's id.</summary>
    public string Kernel { get; } = kernel;

    /// <summary>The compiler's log, and the lines of the generated source that it names.</summary>
    public string Log { get; } = log;
}
