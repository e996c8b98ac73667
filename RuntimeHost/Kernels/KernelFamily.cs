namespace KernelGen.Kernels;

/// <summary>How a kernel treats the score matrix.</summary>
public enum KernelFamily
{
    /// <summary>The scores of a slice live in a workspace: the classic sliced attention, and the only family that can hand out attention maps.</summary>
    Materialized,

    /// <summary>Online softmax: scores never leave the core, the workspace does not grow with the number of keys.</summary>
    Streaming,
}
