using KernelGen.Kernels;

namespace KernelGen.Cuda.Launch;

/// <summary>A kernel function in a context, with what the compiler made of it.</summary>
/// <param name="Stage">Its launch geometry.</param>
/// <param name="Function">The <c>CUfunction</c>.</param>
/// <param name="Registers">Registers of a thread.</param>
/// <param name="LocalBytes">Local memory of a thread: what was spilled.</param>
/// <param name="ResidentBlocks">Blocks that a multiprocessor runs at once.</param>
internal sealed record LoadedStage(CudaStage Stage, nint Function, int Registers, int LocalBytes, int ResidentBlocks);
