namespace KernelGen.Cuda.Compilation;

/// <summary>One launch of a kernel, compiled.</summary>
/// <param name="EntryPoint">Its name.</param>
/// <param name="Threads">Threads of a block.</param>
/// <param name="Registers">Registers of a thread.</param>
/// <param name="StackBytes">Bytes of a thread's stack.</param>
/// <param name="SpillStoreBytes">Bytes of registers that are stored to memory because there are too few of them; instructions, not
/// executions.</param>
/// <param name="SpillLoadBytes">Bytes of registers that are loaded again.</param>
/// <param name="SharedBytes">Shared memory of a block, static and dynamic.</param>
/// <param name="BlocksPerMultiprocessor">Blocks that a multiprocessor runs at once, by registers, shared memory and warps; 0 when not even
/// one.</param>
/// <param name="Findings">The numbers of the assembler's warnings, such as <c>C7510</c>: code that is slower than it should be. Spills are
/// not among them.</param>
public sealed record CompiledEntry(
    string EntryPoint,
    int Threads,
    int Registers,
    int StackBytes,
    int SpillStoreBytes,
    int SpillLoadBytes,
    int SharedBytes,
    int BlocksPerMultiprocessor,
    IReadOnlyList<string> Findings)
{
    /// <summary>
    /// How many blocks the launch bounds and the dynamic shared memory promise, whatever the compiler makes of the kernel: what plans are
    /// made with.
    /// </summary>
    public int PromisedBlocks { get; init; }
}
