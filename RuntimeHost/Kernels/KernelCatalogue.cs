using KernelGen.Tensors;

namespace KernelGen.Kernels;

/// <summary>All variants of a model class, in the order in which they were generated.</summary>
public sealed class KernelCatalogue
{
    private readonly KernelVariant[] _variants;

    // A few groups, which are looked through: a table with keys of two numbers would be code that every process has to compile anew.
    private readonly List<KernelVariant[]> _byTypeAndHeadDim = [];

    /// <summary>Collects the variants of a class.</summary>
    /// <param name="owner">The class's name, for messages.</param>
    /// <param name="variants">Its variants; ids must be unique.</param>
    public KernelCatalogue(string owner, params ReadOnlySpan<KernelVariant> variants)
    {
        Owner = owner;
        _variants = variants.ToArray();
        foreach (KernelVariant first in _variants)
        {
            if (Find(first.ElementType, first.HeadDim) is null)
            {
                _byTypeAndHeadDim.Add(Array.FindAll(
                    _variants, variant => variant.ElementType == first.ElementType && variant.HeadDim == first.HeadDim));
            }
        }
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
        return Find(variant.ElementType, variant.HeadDim) is { } variants && Array.IndexOf(variants, variant) >= 0;
    }

    /// <summary>The variants for an element type and head dim.</summary>
    /// <exception cref="UnsupportedVariantException">There are none; the message lists those that there are and the attribute to
    /// write.</exception>
    public ReadOnlySpan<KernelVariant> For(ElementType elementType, int headDim) =>
        Find(elementType, headDim) ?? throw UnsupportedVariantException.Create(this, elementType, headDim);

    private KernelVariant[]? Find(ElementType elementType, int headDim)
    {
        foreach (KernelVariant[] variants in _byTypeAndHeadDim)
        {
            if (variants[0].ElementType == elementType && variants[0].HeadDim == headDim)
            {
                return variants;
            }
        }

        return null;
    }
}
