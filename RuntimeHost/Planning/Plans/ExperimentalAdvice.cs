using KernelGen.Kernels;

namespace KernelGen.Planning;

/// <summary>Says which experimental kernels a device could run, and how to switch them on.</summary>
internal static class ExperimentalAdvice
{
    /// <summary>A sentence on the variants that are switched off; null when none is.</summary>
    /// <param name="variants">Variants that the device runs.</param>
    /// <param name="device">The device.</param>
    public static string? Of(ReadOnlySpan<KernelVariant> variants, DeviceProfile device)
    {
        int count = 0;
        ExperimentalKernels missing = ExperimentalKernels.None;
        foreach (KernelVariant variant in variants)
        {
            if (!device.IsSwitchedOff(variant))
                continue;

            count++;
            missing |= variant.Experimental & ~device.ExperimentalKernels;
        }

        string flags = string.Join(" | ", missing.ToString().Split(", ").Select(name => $"{nameof(ExperimentalKernels)}.{name}"));
        return count == 0
            ? null
            : Invariant($"{count} experimental {(count == 1 ? "kernel is" : "kernels are")} switched off; to let ")
                + $"plans take them set CudaDeviceOptions.ExperimentalKernels to {flags}";
    }
}
