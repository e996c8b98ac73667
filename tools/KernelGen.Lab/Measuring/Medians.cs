namespace KernelGen.Lab.Measuring;

/// <summary>The median: what half of the measurements stay below.</summary>
internal static class Medians
{
    /// <summary>The middle value, or the mean of the two in the middle.</summary>
    public static double Of(IReadOnlyCollection<double> values)
    {
        double[] sorted = [.. values.Order()];
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
