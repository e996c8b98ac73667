using KernelGen.Kernels;
using KernelGen.Lab.Measuring;
using KernelGen.Tensors;

namespace KernelGen.Samples.Models;

/// <summary>The annotated classes as the laboratory wants them.</summary>
internal sealed class ModelClasses : IModelClasses
{
    private ModelClasses()
    {
    }

    /// <summary>All of <see cref="ModelCatalogue"/>.</summary>
    public static ModelClasses Instance { get; } = new();

    /// <inheritdoc/>
    public IReadOnlyList<KernelVariant> Kernels { get; } = [.. ModelCatalogue.Models.SelectMany(model => model.Kernels.Variants.ToArray())];

    /// <inheritdoc/>
    public KernelCatalogue KernelsFor(int headDim, ElementType elementType) => ModelCatalogue.Find(headDim, elementType).Kernels;
}
