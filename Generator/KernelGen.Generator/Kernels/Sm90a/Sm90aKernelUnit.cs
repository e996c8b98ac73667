using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Threading;
using KernelGen.Generator.Model;
using KernelGen.Generator.Rendering;

namespace KernelGen.Generator.Emission;

/// <summary>
/// The CUDA C of the target <c>sm90a</c>: products of warpgroups and asynchronous copies, for compute capability 9.0. Every kernel has a file of its own; this one
/// tells which is a variant's.
/// </summary>
internal static class Sm90aKernelUnit
{
    private static readonly Kernel _streaming = new(
        new(ProductUnit.WarpgroupProducts), Sm90aStreamingKernel.Footprint, Sm90aStreamingKernel.Stages, Sm90aStreamingKernel.Headers, Sm90aStreamingKernel.Render);

    private static readonly Kernel _wideStreaming = new(
        new(ProductUnit.WarpgroupProducts),
        Sm90aWideStreamingKernel.Footprint, Sm90aWideStreamingKernel.Stages, Sm90aWideStreamingKernel.Headers, Sm90aWideStreamingKernel.Render);

    private static readonly Kernel _float32Streaming = new(
        new(ProductUnit.WarpgroupProducts, SplitsFloat32: true),
        Sm90aFloat32StreamingKernel.Footprint, Sm90aFloat32StreamingKernel.Stages, Sm90aFloat32StreamingKernel.Headers, Sm90aFloat32StreamingKernel.Render);

    private static readonly Kernel _shortKeys = new(
        new(ProductUnit.WarpgroupProducts), Sm90aShortKeysKernel.Footprint, Sm90aShortKeysKernel.Stages, Sm90aShortKeysKernel.Headers, Sm90aShortKeysKernel.Render);

    private static readonly Kernel _materialized = new(
        new(ProductUnit.WarpgroupProducts, KernelTraits.PassesOfProbabilities),
        Sm90aMaterializedKernel.Footprint, Sm90aMaterializedKernel.Stages, Sm90aMaterializedKernel.Headers, Sm90aMaterializedKernel.Render);

    /// <summary>True for what there are kernels for: all but <c>materialized</c> ones for Float32.</summary>
    /// <param name="family">The family.</param>
    /// <param name="elementType">The element type.</param>
    public static bool Supports(KernelFamily family, ElementType elementType) => family == KernelFamily.Streaming || elementType != ElementType.Float32;

    /// <summary>All rows of a tile that there are <c>streaming</c> variants for, ascending; they give the same bits. None where there is no kernel.</summary>
    /// <param name="elementType">The element type.</param>
    /// <param name="headDim">The head dim.</param>
    public static IReadOnlyList<int> StreamingTileRowChoices(ElementType elementType, int headDim) =>
        elementType == ElementType.Float32 ? Sm90aFloat32StreamingKernel.TileRowChoices(headDim)
        : Sm90aWideStreamingKernel.IsFor(headDim) ? Sm90aWideStreamingKernel.TileRowChoices
        : Sm90aStreamingKernel.TileRowChoices(headDim);

    /// <summary>The most keys and the rows of a tile of the <c>streaming</c> variants for few keys.</summary>
    /// <param name="elementType">The element type.</param>
    /// <param name="headDim">The head dim.</param>
    public static IEnumerable<(int MaximumKeys, int TileRows)> ShortKeys(ElementType elementType, int headDim) =>
        elementType == ElementType.Float32 ? [] : Sm90aShortKeysKernel.Choices(headDim);

    /// <summary>The workspace formula of a variant.</summary>
    /// <param name="configuration">A variant of the target <c>sm90a</c>.</param>
    public static KernelFootprint Footprint(KernelConfiguration configuration) => KernelOf(configuration).Footprint(configuration);

    /// <summary>What a prediction of a variant's time needs to know of it.</summary>
    /// <param name="configuration">A variant of the target <c>sm90a</c>.</param>
    public static KernelTraits Traits(KernelConfiguration configuration) => KernelOf(configuration).Traits;

    /// <summary>The launches of a variant, in order.</summary>
    /// <param name="configuration">A variant of the target <c>sm90a</c>.</param>
    public static ImmutableArray<CudaStage> Stages(KernelConfiguration configuration) => KernelOf(configuration).Stages(configuration);

    /// <summary>What the source of a variant includes, in the order of its <c>#include</c> lines.</summary>
    /// <param name="configuration">A variant of the target <c>sm90a</c>.</param>
    public static ImmutableArray<CudaHeaderTemplate> Headers(KernelConfiguration configuration) => KernelOf(configuration).Headers;

    /// <summary>Renders the translation unit of a variant.</summary>
    /// <param name="templates">The templates.</param>
    /// <param name="configuration">A variant of the target <c>sm90a</c>.</param>
    /// <param name="cancellationToken">Stops the rendering.</param>
    /// <returns>CUDA C that includes its <see cref="Headers"/>.</returns>
    public static string Render(TemplateLibrary templates, KernelConfiguration configuration, CancellationToken cancellationToken)
    {
        if (configuration.Target != KernelTarget.Sm90a)
            throw new ArgumentException($"{configuration.Id} is not a variant of the target sm90a.", nameof(configuration));
        if (!Supports(configuration.Family, configuration.ElementType))
            throw new ArgumentException($"Target sm90a has no materialized kernels for Float32, which {configuration.Id} would be; use target simt.", nameof(configuration));

        return KernelOf(configuration).Render(templates, configuration, cancellationToken);
    }

    private static Kernel KernelOf(KernelConfiguration configuration) => configuration switch
    {
        { ElementType: ElementType.Float32 } => _float32Streaming,
        { Family: KernelFamily.Materialized } => _materialized,
        { MaximumKeys: > 0 } => _shortKeys,
        _ when Sm90aWideStreamingKernel.IsFor(configuration.HeadDim) => _wideStreaming,
        _ => _streaming,
    };

    private sealed record Kernel(
        KernelTraits Traits,
        Func<KernelConfiguration, KernelFootprint> Footprint,
        Func<KernelConfiguration, ImmutableArray<CudaStage>> Stages,
        ImmutableArray<CudaHeaderTemplate> Headers,
        Func<TemplateLibrary, KernelConfiguration, CancellationToken, string> Render);
}
