using System;
using System.Collections.Immutable;
using System.Threading;
using KernelGen.Generator.Model;
using KernelGen.Generator.Rendering;

namespace KernelGen.Generator.Emission;

/// <summary>The CUDA kernels by target: each target has a unit of its own, and emission does not care which.</summary>
internal static class CudaKernelUnit
{
    /// <summary>The CUDA C of a variant.</summary>
    public static string Render(TemplateLibrary templates, KernelConfiguration configuration, CancellationToken cancellationToken) =>
        configuration.Target switch
        {
            KernelTarget.Simt => SimtKernelUnit.Render(templates, configuration, cancellationToken),
            KernelTarget.Sm80 => Sm80KernelUnit.Render(templates, configuration, cancellationToken),
            KernelTarget.Sm90a => Sm90aKernelUnit.Render(templates, configuration, cancellationToken),
            _ => throw NoUnit(configuration.Target),
        };

    /// <summary>What a variant's source includes, in the order of its <c>#include</c> lines.</summary>
    public static ImmutableArray<CudaHeaderTemplate> Headers(KernelConfiguration configuration) => configuration.Target switch
    {
        KernelTarget.Simt => SimtKernelUnit.Headers(configuration),
        KernelTarget.Sm80 => Sm80KernelUnit.Headers(configuration),
        KernelTarget.Sm90a => Sm90aKernelUnit.Headers(configuration),
        _ => throw NoUnit(configuration.Target),
    };

    /// <summary>The workspace formula of a variant.</summary>
    public static KernelFootprint Footprint(KernelConfiguration configuration) => configuration.Target switch
    {
        KernelTarget.Simt => SimtKernelUnit.Footprint(configuration),
        KernelTarget.Sm80 => Sm80KernelUnit.Footprint(configuration),
        KernelTarget.Sm90a => Sm90aKernelUnit.Footprint(configuration),
        _ => throw NoUnit(configuration.Target),
    };

    /// <summary>What a prediction of a variant's time needs to know of it.</summary>
    public static KernelTraits Traits(KernelConfiguration configuration) => configuration.Target switch
    {
        KernelTarget.Simt => SimtKernelUnit.Traits(configuration),
        KernelTarget.Sm80 => Sm80KernelUnit.Traits(configuration),
        KernelTarget.Sm90a => Sm90aKernelUnit.Traits(configuration),
        _ => throw NoUnit(configuration.Target),
    };

    /// <summary>The launches of a variant, in order.</summary>
    public static ImmutableArray<CudaStage> Stages(KernelConfiguration configuration) => configuration.Target switch
    {
        KernelTarget.Simt => SimtKernelUnit.Stages(configuration),
        KernelTarget.Sm80 => Sm80KernelUnit.Stages(configuration),
        KernelTarget.Sm90a => Sm90aKernelUnit.Stages(configuration),
        _ => throw NoUnit(configuration.Target),
    };

    /// <summary>Rows of a tile of a streaming variant.</summary>
    public static int StreamingTileRows(KernelTarget target, ElementType elementType, int headDim) => target switch
    {
        KernelTarget.Simt => SimtKernelUnit.StreamingTileRows(elementType, headDim),
        KernelTarget.Sm80 => Sm80KernelUnit.StreamingTileRows(elementType, headDim),
        _ => throw NoUnit(target),
    };

    private static ArgumentOutOfRangeException NoUnit(KernelTarget target) => new(nameof(target), target, "There is no CUDA unit for this target.");
}
