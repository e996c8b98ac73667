using System.Globalization;
using KernelGen.Kernels;
using KernelGen.Samples.Models;
using static System.FormattableString;

namespace KernelGen.Samples.Doctor;

/// <summary>The kernels that were generated into this application.</summary>
internal static class KernelSection
{
    /// <summary>Counts.</summary>
    public static DoctorSection Examine(AttentionHost host)
    {
        KernelVariant[] variants = [.. ModelCatalogue.Models.SelectMany(model => model.Kernels.Variants.ToArray())];
        string byTarget = string.Join(", ", variants
            .GroupBy(variant => variant.Target)
            .OrderBy(group => group.Key)
            .Select(group => Invariant($"{group.Count()} for {group.Key.Name()}")));
        return new(
            "Kernels",
            [
                ("model classes", ModelCatalogue.Models.Count.ToString(CultureInfo.InvariantCulture)),
                ("variants", Invariant($"{variants.Length}: {byTarget}")),
                ("that this device runs", variants.Count(variant => host.Device.ReasonAgainst(variant) is null).ToString(CultureInfo.InvariantCulture)),
                ("head dims", string.Join(' ', ModelCatalogue.HeadDims.Select(headDim => headDim.ToString(CultureInfo.InvariantCulture)))),
            ],
            []);
    }
}
