using KernelGen.Kernels;

namespace KernelGen.Planning;

/// <summary>The caller's wishes for a plan.</summary>
public sealed record PlanningOptions
{
    /// <summary>The policy <c>exact</c> over every variant.</summary>
    public static PlanningOptions Default { get; } = new();

    /// <summary>The name of the policy; <c>exact</c>, or a preset of an existing system.</summary>
    public string Policy { get; init; } = "exact";

    /// <summary>
    /// For the policy <c>exact</c>: the budget is divided by this before footprints are compared with it. 1 or more. The footprints are
    /// exact; the margin is for what other code takes between planning and running. The presets of existing systems bring their own
    /// factors.
    /// </summary>
    public double SafetyFactor { get; init; } = 1.1;

    /// <summary>Only variants of this family; any when null.</summary>
    public KernelFamily? Family { get; init; }

    /// <summary>Only variants of this slice size; any when null.</summary>
    public int? SliceRows { get; init; }

    /// <summary>The way in which kernels may multiply fp32 numbers; of no meaning for other element types.</summary>
    public Float32Math Float32Math { get; init; }

    /// <summary>
    /// The attention map is wanted, which only <see cref="KernelFamily.Materialized"/> variants can give.
    /// <c>AttentionOptions.ForPlanning</c> says so when the options of a call have memory for it.
    /// </summary>
    public bool CaptureMap { get; init; }

    /// <summary>
    /// The call is causal: about half of the work is skipped, which the predicted time counts. Calls with the plan are then causal without
    /// being told again.
    /// </summary>
    public bool Causal { get; init; }

    /// <summary>
    /// The call has a Boolean or additive mask. On a GPU a kernel with the code for masks is another one, compiled when a call has one:
    /// <c>Warmup</c> gets that one ready when it is told so here. A plan runs calls of either kind.
    /// </summary>
    public bool Masked { get; init; }
}
