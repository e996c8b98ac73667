using KernelGen.Tensors;

namespace KernelGen.Kernels;

/// <summary>A model class has no variant for an element type and head dim.</summary>
public sealed class UnsupportedVariantException : NotSupportedException
{
    private UnsupportedVariantException(string message)
        : base(message)
    {
    }

    /// <summary>Says what there is, and the attribute that would add what was asked for.</summary>
    /// <param name="catalogue">The catalogue that was searched.</param>
    /// <param name="elementType">The element type asked for.</param>
    /// <param name="headDim">The head dim asked for.</param>
    public static UnsupportedVariantException Create(KernelCatalogue catalogue, ElementType elementType, int headDim)
    {
        string headDims = string.Join(", ", catalogue.HeadDims.Select(d => Invariant($"{d}")));
        string types = string.Join(", ", catalogue.Variants.ToArray().Select(v => v.ElementType).Distinct().Select(t => t.ShortName()));
        return new(
            Invariant($"{catalogue.Owner} has no kernel for {elementType.ShortName()} with head dim {headDim}. ")
                + $"It has head dims {headDims} for {types}. To add one, write "
                + Invariant($"[SliceAttention(HeadDims = [{headDim}], ElementTypes = [ElementType.{elementType}])] on a partial class."));
    }
}
