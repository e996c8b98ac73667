using KernelGen.Kernels;
using KernelGen.Tensors;

namespace KernelGen.CommandLine.Classes;

/// <summary>Annotated classes, and which of them serves a head dim.</summary>
/// <param name="classes">The classes; of several that serve a head dim the first is taken.</param>
public sealed class ModelClassList(IReadOnlyList<ModelClass> classes) : IModelClasses
{
    /// <inheritdoc/>
    public IReadOnlyList<ModelClass> Classes => classes;

    /// <inheritdoc/>
    public IReadOnlyList<KernelVariant> Kernels { get; } = [.. classes.SelectMany(one => one.Kernels.Variants.ToArray())];

    /// <inheritdoc/>
    public KernelCatalogue KernelsFor(int headDim, ElementType elementType) => Find(headDim, elementType).Kernels;

    /// <summary>The class that serves a head dim.</summary>
    /// <param name="elementType">The element type, for the advice.</param>
    /// <exception cref="InputException">None does; the message lists the head dims there are and the attribute to write.</exception>
    public ModelClass Find(int headDim, ElementType elementType)
    {
        if (classes.FirstOrDefault(one => one.Kernels.HeadDims.Contains(headDim)) is { } found)
            return found;

        IEnumerable<int> headDims = classes.SelectMany(one => one.Kernels.HeadDims).Distinct().Order();
        string known = string.Join(", ", headDims.Select(known => Invariant($"{known}")));
        bool possible =
            headDim is >= AttentionShape.HeadDimStep and <= AttentionShape.MaxHeadDim && headDim % AttentionShape.HeadDimStep == 0;
        string advice = possible
            ? $"To add one, write [SliceAttention(HeadDims = [{headDim}], ElementTypes = [ElementType.{elementType}])] on a partial class."
            : "Kernels can be generated for multiples of 8 from 8 to 512.";
        throw new InputException(Invariant($"There is no kernel for head dim {headDim}; there are kernels for {known}. {advice}"));
    }
}
