namespace KernelGen.Planning;

/// <summary>A preset has no plan at a point where the original program crashes or refuses its settings.</summary>
public sealed class SlicePolicyException : InvalidOperationException
{
    internal SlicePolicyException(string policy, PolicyFailure failure, string message)
        : base(message)
    {
        Policy = policy;
        Failure = failure;
    }

    /// <summary>The policy's name.</summary>
    public string Policy { get; }

    /// <summary>The fault.</summary>
    public PolicyFailure Failure { get; }
}
