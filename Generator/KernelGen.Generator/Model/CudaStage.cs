using System.Collections.Immutable;

namespace KernelGen.Generator.Model;

/// <summary>The generator's view of <c>KernelGen.Kernels.CudaStage</c>: one launch of a CUDA variant.</summary>
/// <param name="EntryPoint">The <c>extern "C"</c> name.</param>
/// <param name="Threads">Threads of a block.</param>
/// <param name="SharedBytes">Dynamic shared memory of a block, in bytes.</param>
/// <param name="RowsPerBlock">Query rows that a block covers.</param>
/// <param name="MergesKeySplits">It runs only where blocks share rows, and folds their partial results.</param>
internal sealed record CudaStage(string EntryPoint, int Threads, int SharedBytes, int RowsPerBlock, bool MergesKeySplits = false)
{
    /// <summary>The boxes of Q, K and V, and of the output where it is written by tensor copies, of a stage that takes tensor maps of them as its second parameter; else none.</summary>
    public ImmutableArray<CudaTensorBox> TensorBoxes { get; init; } = [];

    /// <summary>
    /// The blocks that the launch bounds, by their second number, ask a multiprocessor to have registers for, where its shared memory holds as many; 1 when they have
    /// none.
    /// </summary>
    public int MinimumBlocks { get; init; } = 1;

    /// <summary>The kernel is persistent: <see cref="MinimumBlocks"/> on each multiprocessor walk over all tiles. Else a block has a tile.</summary>
    public bool IsPersistent { get; init; }

    /// <summary>Blocks of a cluster, along the query rows: the grid's width is rounded up to a multiple of it.</summary>
    public int ClusterBlocks { get; init; } = 1;
}
