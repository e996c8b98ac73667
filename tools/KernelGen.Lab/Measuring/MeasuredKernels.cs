using KernelGen.CommandLine.Classes;
using KernelGen.Kernels;
using KernelGen.Tensors;

namespace KernelGen.Lab.Measuring;

/// <summary>The kernels that are measured on GPUs: those of the class that serves a head dim.</summary>
internal sealed class MeasuredKernels(IModelClasses classes)
{
    /// <summary>
    /// The slice size of the <c>materialized</c> kernels that probes look at: every class has it, and the others share its text.
    /// </summary>
    private const int ProbedSliceRows = 2048;

    private readonly Dictionary<(ElementType ElementType, int HeadDim, KernelFilter Filter), KernelCatalogue> _catalogues = [];

    /// <summary>Any kernel for GPUs.</summary>
    public KernelVariant AnyCuda => classes.Kernels.First(variant => variant.Cuda is not null);

    /// <summary>The kernels for compute capability 9.0, each once.</summary>
    public IReadOnlyList<KernelVariant> Hopper { get; } =
    [
        .. classes.Kernels
            .Where(variant => variant.Target == KernelTarget.Sm90a)
            .Where(variant => variant.Family == KernelFamily.Streaming || variant.SliceRows == ProbedSliceRows)
            .DistinctBy(variant => variant.Id),
    ];

    /// <summary>All kernels for an element type and a head dim; the same object for the same question.</summary>
    /// <param name="filter">Leaves kernels out; it may leave none.</param>
    /// <exception cref="InputException">No class serves the head dim.</exception>
    public KernelCatalogue For(ElementType elementType, int headDim, KernelFilter filter)
    {
        if (_catalogues.TryGetValue((elementType, headDim, filter), out KernelCatalogue? catalogue))
            return catalogue;

        KernelCatalogue known = classes.KernelsFor(headDim, elementType);
        catalogue = new(known.Owner, [.. known.For(elementType, headDim).ToArray().Where(filter.Takes)]);
        _catalogues.Add((elementType, headDim, filter), catalogue);
        return catalogue;
    }
}
