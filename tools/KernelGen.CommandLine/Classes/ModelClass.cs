using KernelGen.Kernels;

namespace KernelGen.CommandLine.Classes;

/// <summary>An annotated class.</summary>
/// <param name="Name">The class's name.</param>
/// <param name="Purpose">What it is for, or where it is, in a few words.</param>
public record ModelClass(string Name, string Purpose, KernelCatalogue Kernels);
