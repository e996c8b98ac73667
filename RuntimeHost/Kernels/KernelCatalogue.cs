using KernelGen.Tensors;

namespace KernelGen.Kernels;

/// <summary>All variants of a model class, in the order in which they were generated.</summary>
public sealed class KernelCatalogue
{
    private readonly KernelVariant[] _variants;
    private readonly Dictionary<(ElementType ElementType, int HeadDim), KernelVariant[]> _byTypeAndHeadDim;

    /// <summary>Collects the variants of a class.</summary>
    /// <param name="owner">The class's name, for messages.</param>
    /// <param name="variants">Its variants; ids must be unique.</param>
    public KernelCatalogue(string owner, params ReadOnlySpan<KernelVariant> variants)
    {
        Owner = owner;
        _variants = variants.ToArray();
        _byTypeAndHeadDim = _variants
            .GroupBy(variant => (variant.ElementType, variant.HeadDim))
            .ToDictionary(group => group.Key, group => group.ToArray());
    }

    /// <summary>The name of the model class.</summary>
    public string Owner { get; }

    /// <summary>Every variant.</summary>
    public ReadOnlySpan<KernelVariant> Variants => _variants;

    /// <summary>The head dims that there are variants for, ascending.</summary>
    public IReadOnlyList<int> HeadDims => [.. _variants.Select(variant => variant.HeadDim).Distinct().Order()];

    /// <summary>A variant is one of this class.</summary>
    /// <param name="variant">The variant.</param>
    public bool Contains(KernelVariant variant)
    {
        ArgumentNullException.ThrowIfNull(variant);
        return _byTypeAndHeadDim.TryGetValue((variant.ElementType, variant.HeadDim), out KernelVariant[]? variants)
            && Array.IndexOf(variants, variant) >= 0;
    }

    /// <summary>The variants for an element type and head dim.</summary>
    /// <exception cref="UnsupportedVariantException">There are none; the message lists those that there are and the attribute to
    /// write.</exception>
    public ReadOnlySpan<KernelVariant> For(ElementType elementType, int headDim) =>
        _byTypeAndHeadDim.TryGetValue((elementType, headDim), out KernelVariant[]? variants)
            ? variants
            : throw UnsupportedVariantException.Create(this, elementType, headDim);
}
