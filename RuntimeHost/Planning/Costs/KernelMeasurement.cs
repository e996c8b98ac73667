using KernelGen.Kernels;
using KernelGen.Tensors;

namespace KernelGen.Planning;

/// <summary>The time of one variant on one device.</summary>
/// <param name="Variant">The variant.</param>
/// <param name="Shape">The call that the measurement is for; its class is what it is found by.</param>
/// <param name="Causal">The call is causal.</param>
/// <param name="MeasuredBatch">Batch items that really ran: fewer than the call's where its tensors would not have fitted.</param>
/// <param name="Seconds">How long that took; infinity when it could not be run.</param>
internal sealed record KernelMeasurement(KernelVariant Variant, AttentionShape Shape, bool Causal, int MeasuredBatch, double Seconds)
{
    /// <summary>The class of the call.</summary>
    public ShapeClass Class => ShapeClass.Of(Shape, Variant.ElementType, Causal);

    /// <summary>The plan that ran.</summary>
    public AttentionShape MeasuredShape => new(MeasuredBatch, Shape.Heads, Shape.Queries, Shape.Keys, Shape.HeadDim, Shape.KeyValueHeads);
}
