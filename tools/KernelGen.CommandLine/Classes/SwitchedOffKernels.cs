using KernelGen.Kernels;

namespace KernelGen.CommandLine.Classes;

/// <summary>Experimental kernels that a host's device runs, but that have not been switched on.</summary>
/// <param name="Count">How many.</param>
/// <param name="Kernels">What to switch on.</param>
public sealed record SwitchedOffKernels(int Count, ExperimentalKernels Kernels)
{
    /// <summary>Those of some variants; null when there are none.</summary>
    public static SwitchedOffKernels? Among(IEnumerable<KernelVariant> variants, AttentionHost host)
    {
        KernelVariant[] off =
            [.. variants.Where(variant => host.Device.ReasonAgainst(variant) is null && host.Device.Profile.IsSwitchedOff(variant))];
        return off.Length == 0
            ? null
            : new(off.Length, off.Aggregate(ExperimentalKernels.None, (sum, variant) => sum | variant.Experimental));
    }
}
