namespace KernelGen.Cuda;

/// <summary>One launch of a variant as compiler and driver made it.</summary>
/// <param name="EntryPoint">The kernel's name.</param>
/// <param name="Threads">Threads of a block.</param>
/// <param name="SharedBytes">Dynamic shared memory of a block.</param>
/// <param name="Registers">Registers of a thread.</param>
/// <param name="LocalBytes">Local memory of a thread in bytes: what was spilled.</param>
/// <param name="ResidentBlocks">Blocks that a multiprocessor runs at once, by registers, shared memory and warps.</param>
/// <param name="PromisedBlocks">How many of them its launch bounds and its shared memory promise, whatever the compiler makes of it: what
/// plans are made with.</param>
public sealed record CudaStageInfo(
    string EntryPoint, int Threads, int SharedBytes, int Registers, int LocalBytes, int ResidentBlocks, int PromisedBlocks);
