using KernelGen.Kernels;
using KernelGen.Tensors;

namespace KernelGen.Planning;

/// <summary>None of the variants may be used for what was asked: the options or the policy rule all of them out.</summary>
public sealed class NoMatchingVariantException : NotSupportedException
{
    private NoMatchingVariantException(string message)
        : base(message)
    {
    }

    /// <summary>Says what was asked, what there is, and what to do.</summary>
    /// <param name="request">What was planned.</param>
    /// <param name="needs">The family that the policy needs; null when any would do.</param>
    internal static NoMatchingVariantException Create(in PlanRequest request, KernelFamily? needs)
    {
        PlanningOptions options = request.Options;
        string asked =
            needs is { } family ? $"policy {options.Policy} needs a {family.Name()} kernel" : $"policy {options.Policy} needs a kernel";
        asked += Invariant($" for {request.ElementType.ShortName()}, head dim {request.Shape.HeadDim}");
        if (options.Family is { } wanted)
            asked += $", options.Family is {wanted}";

        if (options.SliceRows is { } rows)
            asked += Invariant($", options.SliceRows is {rows}");

        if (options.Float32Math == Float32Math.Full)
            asked += ", options.Float32Math is Full, which kernels of target sm90a are not";

        if (options.CaptureMap)
            asked += ", options.CaptureMap is set, which only materialized kernels serve";

        string advice = ExperimentalAdvice.Of(request.Variants.Span, request.Device) is { } switchedOff ? $" {switchedOff}." : "";
        string offered = request.Variants.IsEmpty ? "none" : string.Join(", ", request.Variants.ToArray().Select(variant => variant.Id));
        return new(
            $"No kernel matches: {asked}. Kernels offered: {offered}. Loosen the options, choose another policy, or add the family or "
                + $"slice size to Families or SliceRows of [SliceAttention].{advice}");
    }
}
