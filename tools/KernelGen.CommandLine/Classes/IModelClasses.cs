using KernelGen.Kernels;
using KernelGen.Tensors;

namespace KernelGen.CommandLine.Classes;

/// <summary>
/// Annotated classes: their kernels are listed, planned with and measured. The laboratory has none: an application brings its own.
/// </summary>
public interface IModelClasses
{
    /// <summary>The classes.</summary>
    IReadOnlyList<ModelClass> Classes { get; }

    /// <summary>Every kernel of every class.</summary>
    IReadOnlyList<KernelVariant> Kernels { get; }

    /// <summary>The kernels of the class that serves a head dim.</summary>
    /// <exception cref="InputException">No class serves the head dim.</exception>
    KernelCatalogue KernelsFor(int headDim, ElementType elementType);
}
