namespace KernelGen.Kernels;

/// <summary>A generated CPU kernel: the attention of one tile of query rows of one head, or of some that follow each other.</summary>
/// <param name="arguments">The call; addresses are of host memory.</param>
/// <param name="head">The head, counted over <c>batch * heads</c>.</param>
/// <param name="rowBegin">First query row of the first tile.</param>
/// <param name="rowEnd">Past the last query row; at most <see cref="CpuKernelSet.TilesPerCall"/> times
/// <see cref="KernelFootprint.TileRows"/> after the first.</param>
/// <param name="scratch">The worker's own <see cref="KernelFootprint.ScratchBytes"/>, aligned to 64 bytes, contents undefined.</param>
/// <param name="scores">The tiles' part of the score workspace (<c>materialized</c>), aligned to 64 bytes; null for
/// <c>streaming</c>.</param>
public unsafe delegate void CpuKernel(in KernelArguments arguments, int head, int rowBegin, int rowEnd, byte* scratch, float* scores);
