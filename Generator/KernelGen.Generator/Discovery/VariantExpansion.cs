using System.Collections.Generic;
using System.Linq;
using KernelGen.Generator.Emission;
using KernelGen.Generator.Model;

namespace KernelGen.Generator.Discovery;

/// <summary>Turns an attribute into the variants it asks for.</summary>
internal static class VariantExpansion
{
    /// <summary>Every variant, ordered by target, head dim, element type, family and slice size.</summary>
    /// <param name="usage">An attribute without errors; warnings (repeated or unsorted values) are put in order here.</param>
    public static IEnumerable<KernelConfiguration> Expand(SliceAttentionUsage usage)
    {
        foreach (KernelTarget target in SliceAttentionRules.InOrder(usage.Targets.Values))
        {
            foreach (int headDim in SliceAttentionRules.InOrder(usage.HeadDims.Values))
            {
                foreach (ElementType elementType in SliceAttentionRules.InOrder(usage.ElementTypes.Values).Where(type => Supports(target, type)))
                {
                    foreach (KernelFamily family in SliceAttentionRules.InOrder(usage.Families.Values))
                    {
                        IReadOnlyList<int> sizes = family == KernelFamily.Materialized
                            ? SliceAttentionRules.InOrder(usage.SliceRows.Values)
                            : [StreamingTileRows(target, elementType, headDim)];
                        foreach (int rows in sizes)
                            yield return new(family, target, elementType, headDim, rows);
                    }
                }
            }
        }
    }

    // A type that a target has no kernels for is left to the other targets.
    private static bool Supports(KernelTarget target, ElementType elementType) => target != KernelTarget.Sm80 || Sm80KernelUnit.Supports(elementType);

    private static int StreamingTileRows(KernelTarget target, ElementType elementType, int headDim) => target == KernelTarget.Cpu
        ? CpuKernelUnit.TileRows(headDim)
        : CudaKernelUnit.StreamingTileRows(target, elementType, headDim);
}
