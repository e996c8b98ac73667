using System.Globalization;
using KernelGen.Generator.Model.Sm90a;

namespace KernelGen.Generator.Model;

/// <summary>What one variant is specialised for.</summary>
/// <param name="Family">How it treats the score matrix.</param>
/// <param name="Target">The machine it is made for.</param>
/// <param name="ElementType">The type of Q, K, V and the output.</param>
/// <param name="HeadDim">Elements of a row: a multiple of 8 from 8 to 512.</param>
/// <param name="SliceRows">Slice size in query rows: of a slice for <c>materialized</c>, of a tile for <c>streaming</c>.</param>
internal sealed record KernelConfiguration(KernelFamily Family, KernelTarget Target, ElementType ElementType, int HeadDim, int SliceRows)
{
    /// <summary>The most keys of a call, for a <c>streaming</c> variant that holds all of them at once; 0 for any number.</summary>
    public int MaximumKeys { get; init; }

    /// <summary>Blocks of a cluster copy K and V for each other, tiles of rows that go over the same keys: not where causality hides more from one than from the other.</summary>
    public bool SharesCopies =>
        Target == KernelTarget.Sm90a && Family == KernelFamily.Streaming && ElementType != ElementType.Float32 && MaximumKeys == 0 && Sm90aStreamingTiling.SharesCopies(HeadDim, SliceRows);

    /// <summary>What has to be switched on at run time for the planner to take the variant.</summary>
    public ExperimentalKernels Experimental => Target != KernelTarget.Sm90a ? ExperimentalKernels.None
        : SharesCopies ? ExperimentalKernels.Hopper | ExperimentalKernels.HopperMulticast : ExperimentalKernels.Hopper;

    /// <summary>The variant's id, such as <c>streaming-simt-f16-d40-r64</c>, or <c>streaming-sm80-f16-d40-r128-k80</c> where the keys are limited.</summary>
    public string Id => string.Format(
        CultureInfo.InvariantCulture,
        MaximumKeys == 0 ? "{0}-{1}-{2}-d{3}-r{4}" : "{0}-{1}-{2}-d{3}-r{4}-k{5}",
        Family == KernelFamily.Materialized ? "materialized" : "streaming",
        Target switch { KernelTarget.Cpu => "cpu", KernelTarget.Simt => "simt", KernelTarget.Sm80 => "sm80", _ => "sm90a" },
        ElementType switch { ElementType.Float16 => "f16", ElementType.BFloat16 => "bf16", _ => "f32" },
        HeadDim,
        SliceRows,
        MaximumKeys);

    /// <summary>The entry point of the variant's CUDA C, or what those of several launches begin with: its id as a name of C.</summary>
    public string EntryPoint => Id.Replace('-', '_');
}
