using KernelGen.Kernels;
using KernelGen.Samples.Models;
using KernelGen.Tensors;

namespace KernelGen.Samples.Bench;

/// <summary>The kernels that are measured on GPUs: those of the class that serves a head dim.</summary>
internal static class BenchKernels
{
    /// <summary>The slice size of the <c>materialized</c> kernels that probes look at: every class has it, and the others differ in a constant alone.</summary>
    private const int ProbedSliceRows = 2048;

    private static readonly Dictionary<(ElementType ElementType, int HeadDim, KernelFilter Filter), KernelCatalogue> Catalogues = [];

    /// <summary>All kernels for an element type and a head dim; the same object for the same question.</summary>
    /// <param name="elementType">The element type.</param>
    /// <param name="headDim">The head dim.</param>
    /// <param name="filter">Leaves kernels out; it may leave none.</param>
    /// <exception cref="InputException">No class serves the head dim.</exception>
    public static KernelCatalogue For(ElementType elementType, int headDim, KernelFilter filter)
    {
        if (Catalogues.TryGetValue((elementType, headDim, filter), out KernelCatalogue? catalogue))
            return catalogue;

        KernelCatalogue known = ModelCatalogue.Find(headDim, elementType).Kernels;
        catalogue = new(known.Owner, [.. known.For(elementType, headDim).ToArray().Where(filter.Takes)]);
        Catalogues.Add((elementType, headDim, filter), catalogue);
        return catalogue;
    }

    /// <summary>The kernels for compute capability 9.0, each once.</summary>
    public static IReadOnlyList<KernelVariant> Hopper { get; } =
    [
        .. ModelCatalogue.Models.SelectMany(model => model.Kernels.Variants.ToArray())
            .Where(variant => variant.Target == KernelTarget.Sm90a)
            .Where(variant => variant.Family == KernelFamily.Streaming || variant.SliceRows == ProbedSliceRows)
            .DistinctBy(variant => variant.Id),
    ];
}
