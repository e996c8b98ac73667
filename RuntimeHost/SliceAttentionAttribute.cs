#if KERNELGEN_GENERATOR
namespace KernelGen.Generator.Model;
#else
using KernelGen.Kernels;
using KernelGen.Tensors;

namespace KernelGen;
#endif

/// <summary>Asks the source generator for attention kernels on a partial class. A class may carry several.</summary>
/// <remarks>
/// The generator makes one variant for each family, target, element type, head dim and, for <c>materialized</c>, slice size.
/// <code>
/// [SliceAttention(HeadDims = [40, 80, 160], ElementTypes = [ElementType.Float16, ElementType.Float32], SliceRows = [512, 2048, 8192])]
/// public sealed partial class StableDiffusion15Attention;
/// </code>
/// </remarks>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
#if KERNELGEN_GENERATOR
internal
#else
public
#endif
sealed class SliceAttentionAttribute : Attribute
{
    /// <summary>Head dims: multiples of 8 from 8 to 512, ascending. Required.</summary>
    public int[] HeadDims { get; set; } = [];

    /// <summary>Element types; all three when not given.</summary>
    public ElementType[] ElementTypes { get; set; } = [ElementType.Float16, ElementType.BFloat16, ElementType.Float32];

    /// <summary>Slice sizes of the <c>materialized</c> family in query rows: multiples of 128, ascending.</summary>
    public int[] SliceRows { get; set; } = [512, 2048, 8192];

    /// <summary>Families; both when not given.</summary>
    public KernelFamily[] Families { get; set; } = [KernelFamily.Materialized, KernelFamily.Streaming];

    /// <summary>Targets; all when not given.</summary>
    public KernelTarget[] Targets { get; set; } = [KernelTarget.Cpu, KernelTarget.Simt, KernelTarget.Sm80, KernelTarget.Sm90a];
}
