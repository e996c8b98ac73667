using System.Collections.Generic;
using System.Linq;
using KernelGen.Generator.Emission;
using KernelGen.Generator.Model;

namespace KernelGen.Generator.Discovery;

/// <summary>Turns the arguments of an attribute into the variants they ask for.</summary>
internal static class VariantExpansion
{
    /// <summary>Every variant, ordered by target, head dim, element type, family and slice size.</summary>
    public static IEnumerable<KernelConfiguration> Expand(SliceAttentionArguments arguments)
    {
        foreach (KernelTarget target in arguments.Targets.Distinct().OrderBy(static target => target))
        {
            foreach (int headDim in arguments.HeadDims.Distinct().OrderBy(static headDim => headDim))
            {
                foreach (ElementType elementType in arguments.ElementTypes.Distinct().OrderBy(static elementType => elementType))
                {
                    foreach (KernelFamily family in arguments.Families.Distinct().OrderBy(static family => family))
                    {
                        IEnumerable<int> sizes = family == KernelFamily.Materialized
                            ? arguments.SliceRows.Distinct().OrderBy(static rows => rows)
                            : [StreamingTileRows(target, elementType, headDim)];
                        foreach (int rows in sizes)
                        {
                            yield return new(family, target, elementType, headDim, rows);
                        }
                    }
                }
            }
        }
    }

    private static int StreamingTileRows(KernelTarget target, ElementType elementType, int headDim) => target == KernelTarget.Cpu
        ? CpuKernelUnit.TileRows(headDim)
        : CudaKernelUnit.StreamingTileRows(target, elementType, headDim);
}
