using System.Globalization;

namespace KernelGen.Planning;

/// <summary>Numbers in messages, the same on every machine.</summary>
internal static class InvariantText
{
    /// <summary>The number in the invariant culture.</summary>
    public static string ToInvariantText(this int value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>The number in the invariant culture.</summary>
    public static string ToInvariantText(this long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>A factor in the invariant culture, with as many digits as people write.</summary>
    public static string ToInvariantText(this double value) => value.ToString("0.####", CultureInfo.InvariantCulture);
}
