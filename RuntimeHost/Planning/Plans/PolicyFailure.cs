namespace KernelGen.Planning;

/// <summary>
/// Why a policy has no plan. Except for <see cref="TooManySteps"/>, these are the places where the original program crashes.
/// </summary>
public enum PolicyFailure
{
    /// <summary>There is a plan.</summary>
    None,

    /// <summary>More steps than the policy allows: the original's "Not enough memory" error.</summary>
    TooManySteps,

    /// <summary>More steps than query rows, so that a step has no row: the original fails with a range step of zero.</summary>
    ZeroRows,

    /// <summary>A slice would have no head: the original divides by zero.</summary>
    ZeroHeads,

    /// <summary>The slice size asked for is larger than the number of heads, which the original refuses.</summary>
    MoreThanAllHeads,

    /// <summary>No free memory at all: the original divides by it.</summary>
    NoFreeMemory,
}
