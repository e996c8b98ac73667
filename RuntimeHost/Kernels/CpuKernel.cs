namespace KernelGen.Kernels;

/// <summary>
/// A generated CPU kernel: the attention of one tile of query rows of one head, or of some that follow each other. One for few queries
/// (<see cref="KernelFootprint.ChunksApart"/>) takes one chunk of the keys, and all rows of the slice that share them.
/// </summary>
/// <param name="arguments">The call; addresses are of host memory.</param>
/// <param name="head">The head, counted over <c>batch * heads</c>; for few queries the first of those that share keys.</param>
/// <param name="begin">First query row of the first tile; for few queries the chunk, or as many as there are, to fold what they
/// left.</param>
/// <param name="end">Past the last query row, at most <see cref="CpuKernelSet.TilesPerCall"/> times <see cref="KernelFootprint.TileRows"/>
/// after the first; for few queries the number of chunks.</param>
/// <param name="scratch">The worker's own <see cref="KernelFootprint.ScratchBytes"/>, aligned to 64 bytes, contents undefined.</param>
/// <param name="scores">The tiles' part of the score workspace (<c>materialized</c>), aligned to 64 bytes; for few queries the partial
/// results of the rows, where there is more than one chunk; else null.</param>
public unsafe delegate void CpuKernel(in KernelArguments arguments, int head, int begin, int end, byte* scratch, float* scores);
