#if KERNELGEN_GENERATOR
namespace KernelGen.Generator.Model;
#else
namespace KernelGen.Kernels;
#endif

/// <summary>One launch of a CUDA variant. A variant has one stage, or several that run one after the other on the same slice.</summary>
/// <param name="EntryPoint">The <c>extern "C"</c> name of the kernel.</param>
/// <param name="Threads">Threads of a block.</param>
/// <param name="SharedBytes">Dynamic shared memory of a block.</param>
/// <param name="RowsPerBlock">Query rows that a block covers: the grid is <c>(ceil(rows / RowsPerBlock), heads)</c>, folded where a device
/// limit asks for it; <c>(splits * ceil(rows / RowsPerBlock), heads)</c> where blocks share rows, a chunk of the keys each.</param>
/// <param name="MergesKeySplits">It folds the partial results of blocks that share rows: to be launched only where
/// <c>KernelArguments.KeySplits</c> is above 1, on a grid that does not count the splits.</param>
#if KERNELGEN_GENERATOR
internal
#else
public
#endif
sealed record CudaStage(string EntryPoint, int Threads, int SharedBytes, int RowsPerBlock, bool MergesKeySplits = false)
{
    /// <summary>
    /// The boxes of Q, K and V of a kernel that takes, as its second parameter by value, tensor maps of them: three <c>CUtensorMap</c> of
    /// 128 bytes, each of the whole tensor as (head dim, row, head, batch) with zeros outside. A fourth, of the output, where the kernel
    /// writes it by tensor copies. Empty for a kernel that takes <c>KernelArguments</c> alone.
    /// </summary>
    public IReadOnlyList<CudaTensorBox> TensorBoxes { get; init; } = [];

    /// <summary>
    /// The blocks that the kernel's launch bounds, by their second number, make the compiler leave registers for on a multiprocessor whose
    /// shared memory holds as many: then so many run there at once. 1 when the launch bounds name the threads alone.
    /// </summary>
    public int MinimumBlocks { get; init; } = 1;

    /// <summary>
    /// The kernel's blocks walk over the tiles of all heads, whatever the number of blocks. Its grid has one axis, and <see
    /// cref="MinimumBlocks"/> for each multiprocessor or as many as there are tiles. False for a kernel with a block for every tile.
    /// </summary>
    public bool IsPersistent { get; init; }

    /// <summary>
    /// Blocks of a cluster, along the query rows: the tiles of rows are rounded up to a multiple of it. The kernel names its cluster
    /// itself, so that any launch of a grid of this size is right.
    /// </summary>
    public int ClusterBlocks { get; init; } = 1;
}
