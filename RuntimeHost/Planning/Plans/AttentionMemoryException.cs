using KernelGen.Tensors;

namespace KernelGen.Planning;

/// <summary>A call does not fit into memory under a policy.</summary>
/// <remarks>
/// Not named after what it says, because <c>System.InsufficientMemoryException</c> is about the process and would be ambiguous with it in
/// most files.
/// </remarks>
public sealed class AttentionMemoryException : Exception
{
    /// <summary>Says what does not fit.</summary>
    /// <param name="message">The message.</param>
    public AttentionMemoryException(string message)
        : base(message)
    {
    }

    /// <summary>Says what does not fit, and what was met.</summary>
    /// <param name="message">The message.</param>
    /// <param name="innerException">The failure of the allocation.</param>
    public AttentionMemoryException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>The call.</summary>
    public AttentionShape Shape { get; init; }

    /// <summary>Its element type.</summary>
    public ElementType ElementType { get; init; }

    /// <summary>The policy's name.</summary>
    public string Policy { get; init; } = "";

    /// <summary>Bytes that the smallest possible plan takes; for a preset, free bytes at which it would have a plan.</summary>
    public long NeededBytes { get; init; }

    /// <summary>Bytes that were free.</summary>
    public long FreeBytes { get; init; }

    /// <summary>Bytes of these that were to stay free.</summary>
    public long ReserveBytes { get; init; }

    /// <summary>The factor that the rest was divided by.</summary>
    public double SafetyFactor { get; init; } = 1;

    /// <summary>The smallest plan, in words.</summary>
    public string PlanTried { get; init; } = "";

    /// <summary>
    /// The most query rows that fit with this batch, heads, head dim, element type, ratio of keys to queries, policy and memory; 0 when not
    /// even one does. See <see cref="SlicePlanner.LargestLength"/>.
    /// </summary>
    public int LargestLength { get; init; }
}
