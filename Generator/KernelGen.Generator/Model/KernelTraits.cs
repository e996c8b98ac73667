namespace KernelGen.Generator.Model;

/// <summary>The generator's view of <c>KernelGen.Kernels.KernelTraits</c>: what a prediction of a variant's time needs to know of it.</summary>
/// <param name="Products">What multiplies.</param>
/// <param name="ScorePasses">How often a score goes to or comes from memory; 0 for <c>streaming</c>.</param>
/// <param name="SplitsFloat32">It multiplies numbers of 32 bits as halves of 16 bits.</param>
internal readonly record struct KernelTraits(ProductUnit Products, int ScorePasses = 0, bool SplitsFloat32 = false)
{
    /// <summary>Passes of a <c>materialized</c> kernel that keeps scores: written by Q K^T, read by the softmax, read by P V.</summary>
    public const int PassesOfScores = 3;

    /// <summary>The same of one whose first launch writes probabilities, so that only P V reads them.</summary>
    public const int PassesOfProbabilities = 2;
}
