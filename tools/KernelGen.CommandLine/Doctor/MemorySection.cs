using KernelGen.Planning;

namespace KernelGen.CommandLine.Doctor;

/// <summary>The memory that plans are made with, and what limits it.</summary>
internal static class MemorySection
{
    /// <summary>Below this, high resolutions are cut into slices even for a single head.</summary>
    private const long Comfortable = 1L << 30;

    /// <summary>Looks.</summary>
    public static DoctorSection Examine(AttentionHost host)
    {
        MemoryBudget budget = host.MeasureBudget();
        return new(
            "Memory",
            [
                ("total", ByteText.Format(host.Device.Profile.TotalMemoryBytes)),
                ("free for plans", $"{ByteText.Format(budget.FreeBytes)} ({budget.Source})"),
                ("limit of the .NET heap", ByteText.Format(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes)),
            ],
            budget.FreeBytes < Comfortable ? ["Less than 1 GiB is free: plans will cut large calls into many slices."] : []);
    }
}
