using KernelGen.Generator.Kernels.Common;
using KernelGen.Generator.Model;

namespace KernelGen.Generator.Kernels.Cpu;

/// <summary>A variant in C#: a method for each vector width, in the class of its head dim.</summary>
internal sealed record CpuVariant(
    KernelConfiguration Configuration, KernelFootprint Footprint, KernelTraits Traits, string Template, CpuTiling Tiling, int TilesPerCall)
    : KernelVariant(Configuration, Footprint, Traits, Template)
{
    /// <summary>The generic method of the kernel, such as <c>Streaming</c>.</summary>
    public string Method => Footprint.ChunksApart ? "FewQueries" : Configuration.Family.ToString();

    /// <summary>The method that matches the <c>CpuKernel</c> delegate, such as <c>StreamingF16Vector512</c>.</summary>
    public string KernelName(int vectorBits) =>
        Invariant($"{Method}{Configuration.ElementType.ShortName().ToUpperInvariant()}Vector{vectorBits}");
}
