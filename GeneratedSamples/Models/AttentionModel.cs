using KernelGen.CommandLine.Classes;
using KernelGen.Kernels;

namespace KernelGen.Samples.Models;

/// <summary>An annotated class of this application.</summary>
/// <param name="Name">The class's name.</param>
/// <param name="Purpose">What it is for, in a few words.</param>
/// <param name="Create">Makes an instance on a host.</param>
internal sealed record AttentionModel(string Name, string Purpose, KernelCatalogue Kernels, Func<AttentionHost, ISliceAttention> Create)
    : ModelClass(Name, Purpose, Kernels);
