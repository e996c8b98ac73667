using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Threading;
using KernelGen.Generator.Model;
using KernelGen.Generator.Rendering;

namespace KernelGen.Generator.Emission;

/// <summary>The CUDA C of the target <c>sm90a</c>: products of warpgroups and asynchronous tensor copies, for compute capability 9.0. Each kernel has a file of its own.</summary>
internal static class Sm90aKernelUnit
{
    /// <summary>True for what there are kernels for: the <c>streaming</c> family, 16-bit elements.</summary>
    /// <param name="family">The family.</param>
    /// <param name="elementType">The element type.</param>
    public static bool Supports(KernelFamily family, ElementType elementType) =>
        family == KernelFamily.Streaming && elementType is ElementType.Float16 or ElementType.BFloat16;

    /// <summary>All rows of a tile that there are <c>streaming</c> variants for, ascending; they give the same bits.</summary>
    /// <param name="headDim">The head dim.</param>
    public static IReadOnlyList<int> StreamingTileRowChoices(int headDim) => Sm90aStreamingKernel.TileRowChoices(headDim);

    /// <summary>The workspace formula of a variant.</summary>
    /// <param name="configuration">A variant of the target <c>sm90a</c>.</param>
    public static KernelFootprint Footprint(KernelConfiguration configuration) => Sm90aStreamingKernel.Footprint(configuration);

    /// <summary>The launches of a variant, in order.</summary>
    /// <param name="configuration">A variant of the target <c>sm90a</c>.</param>
    public static ImmutableArray<CudaStage> Stages(KernelConfiguration configuration) => Sm90aStreamingKernel.Stages(configuration);

    /// <summary>What the source of a variant includes, in the order of its <c>#include</c> lines.</summary>
    /// <param name="configuration">A variant of the target <c>sm90a</c>.</param>
    public static ImmutableArray<CudaHeaderTemplate> Headers(KernelConfiguration configuration) => Sm90aStreamingKernel.Headers;

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
        {
            throw new ArgumentException(
                $"Target sm90a has streaming kernels for Float16 and BFloat16, not {configuration.Id}; use target sm80 or simt.",
                nameof(configuration));
        }

        return Sm90aStreamingKernel.Render(templates, configuration, cancellationToken);
    }
}
