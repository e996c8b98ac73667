namespace KernelGen.Planning;

/// <summary>An axis cut into groups of at most two sizes: first the large ones, then the small ones.</summary>
/// <param name="LargeCount">Groups of the large size.</param>
/// <param name="Large">The large size.</param>
/// <param name="SmallCount">Groups of the small size.</param>
/// <param name="Small">The small size.</param>
internal readonly record struct SliceGroups(int LargeCount, int Large, int SmallCount, int Small)
{
    /// <summary>Groups.</summary>
    public int Count => LargeCount + SmallCount;

    /// <summary>Groups of <paramref name="size"/> and a tail: the way of the presets.</summary>
    public static SliceGroups Ragged(int total, int size) =>
        size <= 0 ? default : new(total / size, size, total % size == 0 ? 0 : 1, total % size);

    /// <summary>As many groups as groups of <paramref name="size"/> would be, of sizes that differ by at most one.</summary>
    public static SliceGroups Balanced(int total, int size)
    {
        if (total <= 0 || size <= 0)
            return default;

        int count = CeilingDivide(total, size);
        (int small, int larger) = Math.DivRem(total, count);
        return larger == 0 ? new(count, small, 0, 0) : new(larger, small + 1, count - larger, small);
    }

    /// <summary>The largest size, at most <paramref name="size"/>, that is the largest group of a balanced cut.</summary>
    public static int BalancedSize(int total, int size) => CeilingDivide(total, CeilingDivide(total, size));

    /// <summary><paramref name="dividend"/> / <paramref name="divisor"/>, rounded up.</summary>
    public static int CeilingDivide(int dividend, int divisor) => (int)(((long)dividend + divisor - 1) / divisor);

    /// <summary>The begin of a group.</summary>
    public int Begin(int index) =>
        index <= LargeCount ? index * Large : (LargeCount * Large) + ((index - LargeCount) * Small);
}
