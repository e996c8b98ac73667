using KernelGen.Kernels;
using KernelGen.Planning;

namespace KernelGen.Execution;

/// <summary>Checks that a plan is one that a host may run, before anything runs.</summary>
internal static class PlanChecks
{
    /// <summary>Checks a plan.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="catalogue">The kernels of the class that runs it; null for any.</param>
    /// <param name="device">The device that runs it.</param>
    /// <param name="maker">What stands for the host that runs it.</param>
    /// <exception cref="ArgumentException">It is not for this host, or not for this class.</exception>
    public static void Check(SlicePlan plan, KernelCatalogue? catalogue, IAttentionDevice device, object maker)
    {
        if (catalogue is not null && !catalogue.Contains(plan.Variant))
        {
            throw new ArgumentException(
                $"The plan was made for {plan.Owner ?? "another class"}, whose kernel {plan.Variant.Id} {catalogue.Owner} does not have. "
                    + "Plan with the object that runs the plan.",
                nameof(plan));
        }

        if (plan.Maker is null)
        {
            // Made by the planner itself, for a device that it was told of.
            if (device.ReasonAgainst(plan.Variant) is { } reason)
            {
                throw new ArgumentException($"{device.Name} cannot run the plan. {reason}", nameof(plan));
            }

            if (plan.Workers < 1 && plan.Variant.Footprint.WorkerBytes > 0)
            {
                throw new ArgumentException(
                    $"The plan was made for a device profile without workers, and {plan.Variant.Id} takes memory for each. "
                        + "Plan with the profile of the host's device.",
                    nameof(plan));
            }
        }
        else if (plan.Maker != maker)
        {
            throw new ArgumentException(
                $"The plan was made by another host, for its device and its memory ({ByteSize.Text(plan.Budget.UsableBytes)}, "
                    + $"{plan.Budget.Source}). Plan with the host that runs the plan.",
                nameof(plan));
        }
    }
}
