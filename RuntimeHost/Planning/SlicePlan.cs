using KernelGen.Kernels;
using KernelGen.Tensors;

namespace KernelGen.Planning;

/// <summary>How a call is cut into slices, on which variant, and why.</summary>
public sealed class SlicePlan
{
    /// <summary>What was planned for.</summary>
    public required AttentionShape Shape { get; init; }

    /// <summary>The element type that was planned for.</summary>
    public required ElementType ElementType { get; init; }

    /// <summary>The kernel that was taken.</summary>
    public required KernelVariant Variant { get; init; }

    /// <summary>The policy's name.</summary>
    public required string Policy { get; init; }

    /// <summary>The budget that was planned with.</summary>
    public required MemoryBudget Budget { get; init; }

    /// <summary>The most heads (counted over batch * heads) of a slice.</summary>
    public required int HeadsPerSlice { get; init; }

    /// <summary>The most query rows of a slice.</summary>
    public required int RowsPerSlice { get; init; }

    /// <summary>Keys that are worked on at once.</summary>
    public required int KeysPerSlice { get; init; }

    /// <summary>Slices.</summary>
    public required int SliceCount { get; init; }

    /// <summary>Bytes of workspace that a run takes: exactly this many.</summary>
    public required long WorkspaceBytes { get; init; }

    /// <summary>The slice with an index.</summary>
    /// <param name="index">From 0 to <see cref="SliceCount"/>, exclusive.</param>
    public SliceRange this[int index] => throw new InvalidOperationException($"slice {index}");

    /// <summary>A table a person can read: every variant considered, its footprint and predicted time, and why it was taken or left.</summary>
    public string Explain() => "";
}
