namespace KernelGen.Planning.Policies;

/// <summary>
/// ComfyUI's split attention: modifier 3 for every element type, whole when not divisible, steps doubled up to 64 after an allocation
/// failure.
/// </summary>
internal sealed class ComfySplitPolicy() : StepPolicy(
    "comfyui-split",
    "score bytes x 3; power-of-two steps, not sliced at all when they do not divide the rows; steps doubled after out of memory")
{
    /// <inheritdoc/>
    protected override bool WholeUnlessDivisible => true;

    /// <inheritdoc/>
    protected override double Modifier(in PolicyInput input) => 3;

    /// <inheritdoc/>
    internal override SlicePlan? NextAfterOutOfMemory(SlicePlan plan)
    {
        PlanRequest request = plan.Request!.Value;
        long steps = plan.Decision.Steps * 2;
        if (steps is 0 or > PowerOfTwoSteps.Cap || request.Shape.Keys == 0)
            return null;

        return TryPlan(request, Cut(InputOf(request), steps), out PlanOutcome outcome) ? PlanOf(request, outcome) : null;
    }
}
