namespace KernelGen.Cuda.Compilation;

/// <summary>The progress of compiling in advance.</summary>
/// <param name="Latest">The kernel that was just done.</param>
/// <param name="Done">Kernels that are done.</param>
/// <param name="Count">Kernels in all.</param>
/// <param name="Elapsed">Time since the first began.</param>
public sealed record CompilationProgress(KernelCompilation Latest, int Done, int Count, TimeSpan Elapsed)
{
    /// <summary>The time that is left, if the rest goes on as fast as what is done.</summary>
    public TimeSpan Left => Elapsed * (Count - Done) / Done;
}
