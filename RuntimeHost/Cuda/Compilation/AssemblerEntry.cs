namespace KernelGen.Cuda.Compilation;

/// <summary>The assembler's report on an entry point and the functions that it calls.</summary>
/// <param name="Name">Its name.</param>
internal sealed record AssemblerEntry(string Name)
{
    /// <summary>Registers of a thread.</summary>
    public int Registers { get; init; }

    /// <summary>Bytes of a thread's stack.</summary>
    public int StackBytes { get; init; }

    /// <summary>Bytes of registers that are stored to memory because there are too few of them; instructions, not executions.</summary>
    public int SpillStoreBytes { get; init; }

    /// <summary>Bytes of registers that are loaded again.</summary>
    public int SpillLoadBytes { get; init; }

    /// <summary>Shared memory that the text declares with a size, of a block.</summary>
    public int StaticSharedBytes { get; init; }
}
