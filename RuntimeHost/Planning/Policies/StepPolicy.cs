namespace KernelGen.Planning.Policies;

/// <summary>Power-of-two steps over the query rows: what the Doggettx policies and ComfyUI's split attention have in common.</summary>
internal abstract class StepPolicy : PresetPolicy
{
    private protected StepPolicy(string name, string summary)
        : base(name, summary)
    {
    }

    /// <summary>The factor of the score bytes.</summary>
    protected abstract double Modifier(in PolicyInput input);

    /// <summary>Gives up beyond 64 steps.</summary>
    protected virtual bool Capped => true;

    /// <summary>Does not slice at all when the steps do not divide the rows, instead of leaving a ragged tail.</summary>
    protected virtual bool WholeUnlessDivisible => false;

    /// <inheritdoc/>
    public sealed override PolicyDecision Decide(in PolicyInput input)
    {
        double modifier = Modifier(input);
        Int128 required = PowerOfTwoSteps.Times(input.ScoreBytes, modifier);
        if (input.FreeBytes <= 0)
            return Fail(PolicyFailure.NoFreeMemory, 0, modifier, 1, required);

        long steps = PowerOfTwoSteps.For(required, input.FreeBytes);
        return Capped && steps > PowerOfTwoSteps.Cap ? Fail(PolicyFailure.TooManySteps, steps, modifier, 1, required) : Cut(input, steps);
    }

    /// <summary>Slices by a number of steps.</summary>
    private protected PolicyDecision Cut(in PolicyInput input, long steps)
    {
        double modifier = Modifier(input);
        Int128 required = PowerOfTwoSteps.Times(input.ScoreBytes, modifier);
        long rows = WholeUnlessDivisible && input.Queries % steps != 0 ? input.Queries : input.Queries / steps;
        return rows == 0
            ? Fail(PolicyFailure.ZeroRows, steps, modifier, 1, required)
            : Slices(input, steps, input.TotalHeads, (int)rows, input.Keys, modifier, 1, required);
    }
}
