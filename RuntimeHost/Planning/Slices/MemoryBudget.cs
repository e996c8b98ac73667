namespace KernelGen.Planning;

/// <summary>Memory that a plan may count on.</summary>
/// <param name="FreeBytes">Free bytes as measured or given.</param>
/// <param name="ReserveBytes">Bytes of these that are to stay free.</param>
/// <param name="Source">Where the number comes from, such as <c>MemAvailable</c>, <c>cgroup limit</c> or <c>given by the
/// caller</c>.</param>
public readonly record struct MemoryBudget(long FreeBytes, long ReserveBytes, string Source)
{
    /// <summary>Free bytes less the reserve, never negative.</summary>
    public long UsableBytes => Math.Max(0, FreeBytes - ReserveBytes);
}
