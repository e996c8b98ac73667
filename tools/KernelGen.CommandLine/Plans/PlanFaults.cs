using KernelGen.Planning;

namespace KernelGen.CommandLine.Plans;

/// <summary>Planning for commands: what the user named wrongly becomes an <see cref="InputException"/>.</summary>
public static class PlanFaults
{
    /// <summary>Plans.</summary>
    /// <param name="plan">Makes the plan.</param>
    /// <exception cref="InputException">The policy is unknown, or one of its options is out of range.</exception>
    public static SlicePlan Translate(Func<SlicePlan> plan)
    {
        try
        {
            return plan();
        }
        catch (ArgumentException exception)
        {
            throw new InputException(InputException.TextOf(exception));
        }
    }
}
