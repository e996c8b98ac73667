using KernelGen.Kernels;
using KernelGen.Tensors;

namespace KernelGen.Lab.Measuring;

/// <summary>The annotated classes whose kernels are measured. The laboratory has none: an application brings its own.</summary>
public interface IModelClasses
{
    /// <summary>Every kernel of every class.</summary>
    IReadOnlyList<KernelVariant> Kernels { get; }

    /// <summary>The kernels of the class that serves a head dim.</summary>
    /// <param name="headDim">The head dim.</param>
    /// <param name="elementType">The element type.</param>
    /// <exception cref="InputException">No class serves the head dim.</exception>
    KernelCatalogue KernelsFor(int headDim, ElementType elementType);
}
