using System.Collections.Generic;
using KernelGen.Generator.Emission;
using KernelGen.Generator.Model;

namespace KernelGen.Generator.Discovery;

/// <summary>Turns an attribute into the variants it asks for.</summary>
internal static class VariantExpansion
{
    /// <summary>Every variant, ordered by target, head dim, element type, family and slice size; a target may have several <c>streaming</c> variants.</summary>
    /// <param name="usage">An attribute without errors; warnings (repeated or unsorted values) are put in order here.</param>
    public static IEnumerable<KernelConfiguration> Expand(SliceAttentionUsage usage)
    {
        foreach (KernelTarget target in SliceAttentionRules.InOrder(usage.Targets.Values))
        {
            foreach (int headDim in SliceAttentionRules.InOrder(usage.HeadDims.Values))
            {
                foreach (ElementType elementType in SliceAttentionRules.InOrder(usage.ElementTypes.Values))
                {
                    foreach (KernelFamily family in SliceAttentionRules.InOrder(usage.Families.Values))
                    {
                        if (!Supports(target, family, elementType))
                            continue;

                        if (family == KernelFamily.Streaming)
                        {
                            foreach (KernelConfiguration configuration in Streaming(target, elementType, headDim))
                                yield return configuration;
                            continue;
                        }

                        foreach (int rows in SliceAttentionRules.InOrder(usage.SliceRows.Values))
                            yield return new(family, target, elementType, headDim, rows);
                    }
                }
            }
        }
    }

    // What a target has no kernels for is left to the other targets.
    private static bool Supports(KernelTarget target, KernelFamily family, ElementType elementType) => target switch
    {
        KernelTarget.Sm80 => Sm80KernelUnit.Supports(elementType),
        KernelTarget.Sm90a => Sm90aKernelUnit.Supports(family, elementType),
        _ => true,
    };

    private static IEnumerable<KernelConfiguration> Streaming(KernelTarget target, ElementType elementType, int headDim)
    {
        KernelConfiguration Of(int rows) => new(KernelFamily.Streaming, target, elementType, headDim, rows);
        switch (target)
        {
            case KernelTarget.Cpu:
                yield return Of(CpuKernelUnit.TileRows(headDim));
                break;
            case KernelTarget.Sm80:
                foreach (int rows in Sm80KernelUnit.StreamingTileRowChoices(headDim))
                    yield return Of(rows);
                foreach (int keys in Sm80KernelUnit.ShortKeys(headDim))
                    yield return Of(Sm80KernelUnit.ShortKeysTileRows) with { MaximumKeys = keys };
                break;
            case KernelTarget.Sm90a:
                foreach (int rows in Sm90aKernelUnit.StreamingTileRowChoices(elementType, headDim))
                    yield return Of(rows);
                foreach ((int keys, int rows) in Sm90aKernelUnit.ShortKeys(elementType, headDim))
                    yield return Of(rows) with { MaximumKeys = keys };
                break;
            default:
                yield return Of(CudaKernelUnit.StreamingTileRows(target, elementType, headDim));
                break;
        }
    }
}
