using KernelGen.CommandLine.Classes;
using KernelGen.Kernels;

namespace KernelGen.CommandLine.Doctor;

/// <summary>The kernels that were generated into this application.</summary>
internal static class KernelSection
{
    /// <summary>Counts.</summary>
    public static DoctorSection Examine(AttentionHost host, IModelClasses classes)
    {
        IReadOnlyList<KernelVariant> variants = classes.Kernels;
        string byTarget = string.Join(", ", variants
            .GroupBy(variant => variant.Target)
            .OrderBy(group => group.Key)
            .Select(group => Invariant($"{group.Count()} for {group.Key.Name()}")));
        KernelVariant[] run = [.. variants.Where(variant => host.Device.ReasonAgainst(variant) is null)];
        SwitchedOffKernels? off = SwitchedOffKernels.Among(variants, host);
        return new(
            "Kernels",
            [
                ("model classes", Invariant($"{classes.Classes.Count}")),
                ("variants", Invariant($"{variants.Count}: {byTarget}")),
                ("that this device runs", Invariant($"{run.Length - (off?.Count ?? 0)}")),
                .. off is null ? Array.Empty<(string, string)>() : [("switched off", Text(off))],
                .. KernelOrigins.Summary(host, classes) is { } origins
                    ? [("compiled ones come", origins)]
                    : Array.Empty<(string, string)>(),
                ("head dims",
                    string.Join(' ',
                        classes.Classes.SelectMany(one => one.Kernels.HeadDims).Distinct().Order()
                            .Select(headDim => Invariant($"{headDim}")))),
            ],
            []);
    }

    private static string Text(SwitchedOffKernels off) =>
        Invariant($"{off.Count} experimental ones for this device: attend and bench take them with ")
            + Invariant($"{CommandOptions.ExperimentalOption(off.Kernels)}, programs with CudaDeviceOptions.ExperimentalKernels");
}
