namespace KernelGen.CommandLine.Compilation;

/// <summary>An entry point and what the compiler made of it.</summary>
/// <param name="Kernel">The variant's id.</param>
/// <param name="Arch">What it was compiled for, such as <c>sm_86</c>.</param>
/// <param name="Entry">The entry point; a kernel may have several.</param>
/// <param name="Mask">The masks that the kernel takes: <c>none</c> or <c>general</c>.</param>
/// <param name="Registers">Registers of a thread.</param>
/// <param name="SpillStores">Bytes of registers stored to memory for want of room.</param>
/// <param name="SpillLoads">Bytes of registers loaded again.</param>
/// <param name="Stack">Bytes of a thread's stack.</param>
/// <param name="SharedBytes">Shared memory of a block, static and dynamic.</param>
/// <param name="Threads">Threads of a block.</param>
/// <param name="BlocksPerSm">Blocks that a multiprocessor runs at once.</param>
/// <param name="Findings">The numbers of the assembler's warnings, such as <c>C7510</c>.</param>
/// <param name="Seconds">Processor time of the kernel's compilation, all its entry points together.</param>
/// <param name="CubinBytes">Machine code of the kernel, all its entry points together.</param>
internal sealed record CompilationJson(
    string Kernel,
    string Arch,
    string Entry,
    string Mask,
    int Registers,
    int SpillStores,
    int SpillLoads,
    int Stack,
    int SharedBytes,
    int Threads,
    int BlocksPerSm,
    IReadOnlyList<string> Findings,
    double Seconds,
    int CubinBytes);
