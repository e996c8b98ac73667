using KernelGen.Kernels;
using KernelGen.Tensors;

namespace KernelGen.Lab.Probes;

/// <summary>A kernel of a probe and how it is launched.</summary>
/// <param name="EntryPoint">Its name there.</param>
/// <param name="Threads">Threads of a block.</param>
/// <param name="SharedBytes">Dynamic shared memory of a block.</param>
/// <param name="Constants">The macros that the file wants.</param>
internal sealed record ProbeLaunch(
    string File, string EntryPoint, int Threads, int SharedBytes, params (string Name, int Value)[] Constants)
{
    /// <summary>Blocks.</summary>
    public int Blocks { get; init; } = 1;

    /// <summary>Blocks of a cluster, which divides <see cref="Blocks"/>.</summary>
    public int ClusterBlocks { get; init; } = 1;

    /// <summary>The number of rounds of its loop.</summary>
    public long Rounds { get; init; } = 1;

    /// <summary>A number for it.</summary>
    public float Scale { get; init; } = 1;

    /// <summary>Columns of its products; 0 when it has none.</summary>
    public int Columns { get; init; }

    /// <summary>The box of its tensor copies; null when it makes none.</summary>
    public CudaTensorBox? Box { get; init; }

    /// <summary>The tensor that it copies from, dense, in fp16: rows and their elements.</summary>
    public (int Rows, int HeadDim) Tensor { get; init; } = (1, AttentionShape.HeadDimStep);
}
