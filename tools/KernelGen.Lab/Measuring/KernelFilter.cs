using System.IO.Enumeration;
using KernelGen.Kernels;

namespace KernelGen.Lab.Measuring;

/// <summary>A choice of kernels by their names: after a change to one kernel the others need not be measured again.</summary>
/// <param name="Only">Patterns with <c>*</c> for any text, of which one must fit; empty for every kernel.</param>
/// <param name="Except">Patterns of which none may fit.</param>
internal sealed record KernelFilter(IReadOnlyList<string> Only, IReadOnlyList<string> Except)
{
    /// <summary>It leaves nothing out.</summary>
    public bool TakesAll => Only.Count + Except.Count == 0;

    /// <summary>True for kernels that are measured.</summary>
    public bool Takes(KernelVariant variant) =>
        (Only.Count == 0 || Only.Any(pattern => Fits(pattern, variant))) && !Except.Any(pattern => Fits(pattern, variant));

    private static bool Fits(string pattern, KernelVariant variant) =>
        FileSystemName.MatchesSimpleExpression(pattern, variant.Id, ignoreCase: false);
}
