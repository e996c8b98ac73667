using KernelGen.Kernels;
using KernelGen.Planning.Policies;
using KernelGen.Tensors;

namespace KernelGen.Planning;

/// <summary>Cuts attention calls into slices that fit memory.</summary>
public static class SlicePlanner
{
    /// <summary>Makes a plan. Allocates nothing but the plan.</summary>
    /// <param name="shape">The call.</param>
    /// <param name="elementType">Its element type.</param>
    /// <param name="variants">
    /// The variants to choose from: those of a class for this element type and head dim and for targets that the device runs. The memory is
    /// kept by the plan and must not change.
    /// </param>
    /// <param name="device">The device.</param>
    /// <param name="budget">The memory. The presets, too, count with <see cref="MemoryBudget.UsableBytes"/>: the reserve is the
    /// caller's.</param>
    /// <param name="options">Policy, and what variants may be used.</param>
    /// <exception cref="AttentionMemoryException">The policy finds no plan that fits.</exception>
    /// <exception cref="NoMatchingVariantException">The options or the policy leave no variant.</exception>
    /// <exception cref="SlicePolicyException">A preset whose original crashes here.</exception>
    /// <exception cref="ArgumentException">An unknown policy, a variant of another element type or head dim, or a device or an option out
    /// of range.</exception>
    public static SlicePlan Plan(
        in AttentionShape shape, ElementType elementType, ReadOnlyMemory<KernelVariant> variants, DeviceProfile device, MemoryBudget budget,
        PlanningOptions options)
    {
        return Make(new(shape, elementType, variants, device, budget, options));
    }

    /// <summary>As the public method.</summary>
    internal static SlicePlan Make(in PlanRequest request)
    {
        Validate(request);
        SlicePolicy policy = SlicePolicies.Get(request.Options.Policy);
        return policy.TryPlan(request, out PlanOutcome outcome) ? policy.PlanOf(request, outcome) : throw policy.Refusal(request, outcome);
    }

    /// <summary>The most query rows for which there is a plan that fits: the inverse of <see cref="Plan"/>, found by planning.</summary>
    /// <remarks>
    /// Batch, heads, head dim, element type, variants, device, memory and options stay. Keys follow the queries: they stay equal in
    /// self-attention and otherwise keep their ratio, rounded; but 512 keys or fewer beside another number of queries are a text or an
    /// image prompt and stay as they are. Tensors count, too: what Q, K, V and the output of a length take beyond those of <paramref
    /// name="shape"/> comes out of the free bytes, and what they take less is given back. A preset is taken to fit when it has a plan whose
    /// real workspace is within the budget. The length given fits and the next one does not. With <c>exact</c> no longer one does either;
    /// presets whose footprint goes up and down with the length (power-of-two steps) may have islands of longer lengths that fit.
    /// </remarks>
    /// <param name="shape">The call.</param>
    /// <param name="elementType">Its element type.</param>
    /// <param name="variants">The variants to choose from.</param>
    /// <param name="device">The device.</param>
    /// <param name="budget">The memory that is free while the tensors of <paramref name="shape"/> exist.</param>
    /// <param name="options">Policy, and what variants may be used.</param>
    /// <returns>Query rows; 0 when not even one fits.</returns>
    /// <exception cref="NoMatchingVariantException">The options or the policy leave no variant.</exception>
    /// <exception cref="ArgumentException">As for <see cref="Plan"/>.</exception>
    public static int LargestLength(
        in AttentionShape shape, ElementType elementType, ReadOnlyMemory<KernelVariant> variants, DeviceProfile device, MemoryBudget budget,
        PlanningOptions options)
    {
        PlanRequest request = new(shape, elementType, variants, device, budget, options);
        Validate(request);
        return LargestLengthSearch.Find(request, SlicePolicies.Get(options.Policy));
    }

    private static void Validate(in PlanRequest request)
    {
        ArgumentNullException.ThrowIfNull(request.Device);
        ArgumentNullException.ThrowIfNull(request.Options);
        if (!(request.Options.SafetyFactor >= 1) || double.IsInfinity(request.Options.SafetyFactor))
        {
            throw new ArgumentOutOfRangeException(
                "options", request.Options.SafetyFactor, "SafetyFactor must be 1 or more: the budget is divided by it.");
        }

        if (!(request.Device.FlopsPerSecond > 0) || !(request.Device.BytesPerSecond > 0) || request.Device.Workers < 0
            || request.Device.ParallelTiles < 0)
        {
            throw new ArgumentException(
                "FlopsPerSecond and BytesPerSecond of a device profile must be positive, Workers and ParallelTiles 0 or more.", "device");
        }

        foreach (KernelVariant variant in request.Variants.Span)
        {
            if (variant.HeadDim != request.Shape.HeadDim || variant.ElementType != request.ElementType)
            {
                throw new ArgumentException(
                    Invariant($"{variant.Id} is not for {request.ElementType.ShortName()} with head dim {request.Shape.HeadDim}. ")
                        + "Give the planner the variants of KernelCatalogue.For.",
                    "variants");
            }
        }
    }
}
