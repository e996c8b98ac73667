using System.Globalization;

namespace KernelGen.Generator.Model;

/// <summary>What one variant is specialised for.</summary>
/// <param name="Family">How it treats the score matrix.</param>
/// <param name="Target">The machine it is made for.</param>
/// <param name="ElementType">The type of Q, K, V and the output.</param>
/// <param name="HeadDim">Elements of a row: a multiple of 8 from 8 to 512.</param>
/// <param name="SliceRows">Slice size in query rows: of a slice for <c>materialized</c>, of a tile for <c>streaming</c>.</param>
internal sealed record KernelConfiguration(KernelFamily Family, KernelTarget Target, ElementType ElementType, int HeadDim, int SliceRows)
{
    /// <summary>The variant's id, such as <c>streaming-simt-f16-d40-r64</c>.</summary>
    public string Id => string.Format(
        CultureInfo.InvariantCulture,
        "{0}-{1}-{2}-d{3}-r{4}",
        Family == KernelFamily.Materialized ? "materialized" : "streaming",
        Target == KernelTarget.Cpu ? "cpu" : "simt",
        ElementType switch { ElementType.Float16 => "f16", ElementType.BFloat16 => "bf16", _ => "f32" },
        HeadDim,
        SliceRows);
}
