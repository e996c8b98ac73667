using KernelGen.Kernels;
using KernelGen.Tensors;

namespace KernelGen.Planning;

/// <summary>All that a plan is made from. A plan keeps one, so that it can be explained later.</summary>
/// <param name="Shape">The call.</param>
/// <param name="ElementType">Its element type.</param>
/// <param name="Variants">The variants to choose from.</param>
/// <param name="Device">The device.</param>
/// <param name="Budget">The memory.</param>
/// <param name="Options">The options.</param>
internal readonly record struct PlanRequest(
    AttentionShape Shape, ElementType ElementType, ReadOnlyMemory<KernelVariant> Variants, DeviceProfile Device, MemoryBudget Budget,
    PlanningOptions Options)
{
    /// <summary>The name of the class whose variants they are; null when it is not known.</summary>
    public string? Owner { get; init; }

    /// <summary>The identity of the host that plans; null for none.</summary>
    public object? Maker { get; init; }

    /// <summary>The shape and the options leave a variant in.</summary>
    public bool Allows(KernelVariant variant) => ExclusionOf(variant) is null;

    /// <summary>Why the shape or the options leave a variant out; null when they do not.</summary>
    public string? ExclusionOf(KernelVariant variant)
    {
        if (Device.IsSwitchedOff(variant))
            return "experimental, switched off";

        if (variant.MaximumKeys > 0 && Shape.Keys > variant.MaximumKeys)
            return "too many keys";

        if (variant.Footprint.ChunksApart && (long)Shape.Queries * (Shape.Heads / Shape.KeyValueHeads) > variant.SliceRows)
            return "too many rows share keys";

        if (Options.Float32Math == Float32Math.Full && variant.Traits.SplitsFloat32)
            return "splits fp32 numbers";

        if (Options.CaptureMap && variant.Family == KernelFamily.Streaming)
            return "cannot hand out the map";

        if (Options.Family is { } family && variant.Family != family)
            return "family excluded";

        return Options.SliceRows is { } rows && variant.SliceRows != rows ? "slice size excluded" : null;
    }

    /// <summary>Workspace of a slice; saturates where <see cref="KernelFootprint.Bytes"/> would overflow.</summary>
    /// <param name="variant">The variant.</param>
    /// <param name="heads">Heads of the slice.</param>
    /// <param name="rows">Query rows of the slice.</param>
    /// <param name="keySplits">As many as chunks where blocks share rows; else 1.</param>
    public long WorkspaceBytes(KernelVariant variant, int heads, int rows, int keySplits)
    {
        KernelFootprint footprint = variant.Footprint;
        long tiles = footprint.Tiles(heads, rows);
        Int128 bytes = ((Int128)tiles * footprint.BytesPerTile(Shape.Keys, keySplits))
            + ((Int128)footprint.Scratches(heads, rows, Shape.Keys, Device.Workers) * footprint.ScratchBytes(Shape.Keys));
        return (long)Int128.Min(bytes, long.MaxValue);
    }
}
