namespace KernelGen.Generator.Kernels.Common;

/// <summary>The number of times that a score of a <c>materialized</c> kernel is read from or written to memory.</summary>
internal static class ScorePasses
{
    /// <summary>Written by Q K^T, read by the softmax, read by P V.</summary>
    public const int OfScores = 3;

    /// <summary>Probabilities are written by the first launch, and read by P V.</summary>
    public const int OfProbabilities = 2;
}
