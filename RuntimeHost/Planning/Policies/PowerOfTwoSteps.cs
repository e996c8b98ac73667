namespace KernelGen.Planning.Policies;

/// <summary>The arithmetic that the Doggettx family shares.</summary>
internal static class PowerOfTwoSteps
{
    /// <summary>The most steps before the family gives up.</summary>
    public const int Cap = 64;

    /// <summary>Steps beyond this are not told apart.</summary>
    public const long Saturated = 1L << 62;

    /// <summary>
    /// The least power of two that brings <paramref name="required"/> down to <paramref name="free"/>: 1 when it fits, else
    /// <c>2^ceil(log2(required / free))</c>, in integers, because the originals' natural logarithms miss exact powers of two from 2^29.
    /// </summary>
    /// <param name="required">Bytes.</param>
    /// <param name="free">Bytes, more than 0 unless nothing is required.</param>
    public static long For(Int128 required, long free)
    {
        if (required <= free)
            return 1;

        Int128 ratio = (required + free - 1) / free;
        long steps = 1;
        while (steps < ratio && steps < Saturated)
            steps <<= 1;

        return steps;
    }

    /// <summary>Score bytes times 3 or times 2.5. Exact: every 2.5 meets an even number of bytes.</summary>
    /// <param name="bytes">Score bytes.</param>
    /// <param name="modifier">3 or 2.5.</param>
    public static Int128 Times(Int128 bytes, double modifier) => bytes * (int)(modifier * 2) / 2;
}
