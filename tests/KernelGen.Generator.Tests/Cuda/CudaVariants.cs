using System.Collections.Immutable;
using KernelGen.Generator.Emission;
using KernelGen.Generator.Kernels;
using KernelGen.Generator.Kernels.Common;
using KernelGen.Generator.Model;
using KernelGen.Generator.Rendering;

namespace KernelGen.Generator.Tests.Cuda;

/// <summary>The CUDA variants by their configurations, as the registry makes them.</summary>
internal static class CudaVariants
{
    public static IEnumerable<KernelConfiguration> Configurations(
        KernelTarget target, KernelFamily family, ElementType elementType, int headDim, params int[] sliceRows) =>
        KernelDesigns.All.Variants([new(target, headDim, elementType, family, new([.. sliceRows]))])
            .Select(static variant => variant.Configuration);

    /// <summary>A variant that there is.</summary>
    public static CudaVariant Of(KernelConfiguration configuration) => KernelDesigns.All
        .Variants([new(
            configuration.Target, configuration.HeadDim, configuration.ElementType, configuration.Family, new([configuration.SliceRows]))])
        .OfType<CudaVariant>()
        .Single(variant => variant.Configuration == configuration);

    public static string Render(KernelConfiguration configuration) => Source(configuration).Text;

    public static ImmutableArray<CudaHeaderTemplate> Headers(KernelConfiguration configuration) => Source(configuration).Headers;

    public static KernelFootprint Footprint(KernelConfiguration configuration) => Of(configuration).Footprint;

    public static ImmutableArray<CudaStage> Stages(KernelConfiguration configuration) => Of(configuration).Stages;

    private static CudaSource Source(KernelConfiguration configuration) =>
        CudaSource.Render([Of(configuration)], TemplateLibrary.Embedded, CancellationToken.None).Single();
}
