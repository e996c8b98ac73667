using KernelGen.Generator.Model;

namespace KernelGen.Generator.Kernels.Common;

/// <summary>A variant, decided: everything that catalogue, files and templates need of it.</summary>
/// <param name="Template">The template of its text, such as <c>cuda/sm80/streaming.cu.sbn</c>.</param>
internal abstract record KernelVariant(KernelConfiguration Configuration, KernelFootprint Footprint, KernelTraits Traits, string Template)
{
    /// <summary>The switch that must be on at run time for the planner to take the variant.</summary>
    public ExperimentalKernels Experimental { get; init; }

    /// <summary>The nested class, and the file, that holds the text: one for each target and head dim.</summary>
    public string UnitClass => Invariant($"{Configuration.Target}D{Configuration.HeadDim}");
}
