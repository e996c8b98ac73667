namespace KernelGen.Planning;

/// <summary>A policy's decision in its own terms, before a kernel was chosen for it.</summary>
public readonly record struct PolicyDecision
{
    /// <summary>
    /// The number that the policy divides by: power-of-two steps (<c>doggettx</c>), the divisor (<c>invokeai</c>), query chunks
    /// (<c>sub-quadratic</c>), head groups (<c>v1</c>, <c>diffusers</c>), slices (<c>exact</c>). It may differ from <see
    /// cref="Iterations"/>.
    /// </summary>
    public long Steps { get; init; }

    /// <summary>The axes along which it slices.</summary>
    public SliceAxis Axis { get; init; }

    /// <summary>The most heads of a slice, counted over batch times heads.</summary>
    public int HeadsPerSlice { get; init; }

    /// <summary>The most query rows of a slice.</summary>
    public int RowsPerSlice { get; init; }

    /// <summary>The most keys that are worked on at once; the keys of a chunk where blocks share rows.</summary>
    public int KeysPerSlice { get; init; }

    /// <summary>
    /// Chunks of keys that are worked on apart, at the same time, and folded afterwards; 1 for none. Only <c>exact</c> has blocks share
    /// rows.
    /// </summary>
    public int KeySplits { get; init; }

    /// <summary>Turns of the policy's loop, key chunks included.</summary>
    public long Iterations { get; init; }

    /// <summary>The factor by which the policy multiplies the score bytes: 3, 2.5, 4, or 1.</summary>
    public double Modifier { get; init; }

    /// <summary>The factor by which it divides the free bytes: 3.3, 1/0.7, that of the options, or 1.</summary>
    public double SafetyFactor { get; init; }

    /// <summary>
    /// What the policy counts for the call in one slice: score bytes times the modifier; for <c>exact</c> the footprint of the variant that
    /// was taken. Saturates at <see cref="long.MaxValue"/>.
    /// </summary>
    public long RequiredBytes { get; init; }

    /// <summary>Why there is no plan; <see cref="PolicyFailure.None"/> when there is one.</summary>
    public PolicyFailure Failure { get; init; }
}
