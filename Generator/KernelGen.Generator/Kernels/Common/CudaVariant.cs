using KernelGen.Generator.Model;
using KernelGen.Generator.Rendering;

namespace KernelGen.Generator.Kernels.Common;

/// <summary>A variant in CUDA C: one translation unit.</summary>
/// <param name="Source">What its text is called. Variants that share it have the same text.</param>
internal sealed record CudaVariant(
    KernelConfiguration Configuration,
    KernelFootprint Footprint,
    KernelTraits Traits,
    CudaSourceName Source,
    ImmutableArray<CudaStage> Stages,
    string Template,
    TemplateObject Model)
    : KernelVariant(Configuration, Footprint, Traits, Template);
