using KernelGen.Kernels;

namespace KernelGen.Planning.Policies;

/// <summary>A way to make plans. All of them are known to <see cref="SlicePolicies"/>; they hold no state.</summary>
public abstract class SlicePolicy
{
    private protected SlicePolicy(string name, string summary)
    {
        Name = name;
        Summary = summary;
    }

    /// <summary>The name, as in <see cref="PlanningOptions.Policy"/>.</summary>
    public string Name { get; }

    /// <summary>The rule in a line.</summary>
    public string Summary { get; }

    /// <summary>Its slices are of even size.</summary>
    internal abstract bool Balances { get; }

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    /// <summary>Makes a plan, if there is one. Allocates nothing.</summary>
    internal abstract bool TryPlan(in PlanRequest request, out PlanOutcome outcome);

    /// <summary>Turns an outcome into a plan.</summary>
    internal SlicePlan PlanOf(in PlanRequest request, in PlanOutcome outcome) => new(outcome.Variant!, Name)
    {
        Owner = request.Owner,
        Maker = request.Maker,
        Shape = request.Shape,
        ElementType = request.ElementType,
        Causal = request.Options.Causal,
        CaptureMap = request.Options.CaptureMap,
        Specialization = new(request.Options.Masked),
        Budget = request.Budget,
        HeadsPerSlice = outcome.HeadsPerSlice,
        RowsPerSlice = outcome.RowsPerSlice,
        KeysPerSlice = outcome.Variant!.Family == KernelFamily.Streaming ? outcome.Decision.KeysPerSlice : request.Shape.Keys,
        KeySplits = outcome.Decision.KeySplits,
        SliceCount = (int)outcome.SliceCount,
        WorkspaceBytes = outcome.WorkspaceBytes,
        Balanced = Balances,
        Decision = outcome.Decision,
        PredictedSeconds = outcome.PredictedSeconds,
        TimeIsMeasured = outcome.IsMeasured,
        Request = request,
        Planner = this,
    };

    /// <summary>The exception that says why there is no plan.</summary>
    /// <param name="request">What was planned.</param>
    /// <param name="outcome">What <see cref="TryPlan"/> gave.</param>
    internal abstract Exception Refusal(in PlanRequest request, in PlanOutcome outcome);

    /// <summary>Every variant, and what became of it.</summary>
    internal abstract IReadOnlyList<PlanCandidate> Candidates(SlicePlan plan);

    /// <summary>The whole call in one slice, for plans that are derived from those for fewer keys.</summary>
    /// <param name="request">What is planned.</param>
    /// <param name="variant">The variant.</param>
    /// <exception cref="NotSupportedException">The policy derives no plans.</exception>
    internal virtual PlanOutcome WholeCall(in PlanRequest request, KernelVariant variant) =>
        throw new NotSupportedException($"The policy {Name} derives no plans from those for fewer keys.");

    /// <summary>The plan after one that met an allocation failure; null when the policy gives up.</summary>
    internal virtual SlicePlan? NextAfterOutOfMemory(SlicePlan plan) => null;

    /// <summary>Throws when the options leave no variant at all.</summary>
    internal void RequireVariant(in PlanRequest request)
    {
        foreach (KernelVariant variant in request.Variants.Span)
        {
            if (request.Allows(variant))
                return;
        }

        throw NoMatchingVariantException.Create(request, needs: null);
    }
}
