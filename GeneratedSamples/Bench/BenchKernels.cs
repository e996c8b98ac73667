using KernelGen.Kernels;
using KernelGen.Samples.Models;
using KernelGen.Tensors;

namespace KernelGen.Samples.Bench;

/// <summary>The kernels that are measured on GPUs: those of the class that serves a head dim, and those for compute capability 9.0.</summary>
internal static class BenchKernels
{
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
        KernelVariant[] hopper = [.. Hopper.Where(variant => variant.ElementType == elementType && variant.HeadDim == headDim)];
        catalogue = new(known.Owner, [.. known.For(elementType, headDim).ToArray().Concat(hopper).Where(filter.Takes)]);
        Catalogues.Add((elementType, headDim, filter), catalogue);
        return catalogue;
    }

    /// <summary>Every kernel for compute capability 9.0.</summary>
    public static IEnumerable<KernelVariant> Hopper => HopperAttention.Catalogue.Variants.ToArray();
}
