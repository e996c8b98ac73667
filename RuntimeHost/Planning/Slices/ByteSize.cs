
namespace KernelGen.Planning;

/// <summary>Bytes and seconds in units for people.</summary>
internal static class ByteSize
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

    /// <summary>Bytes with one decimal in binary units, such as <c>8.0 GiB</c>; below 1 KiB whole bytes.</summary>
    public static string Text(long bytes)
    {
        double value = bytes;
        int unit = 0;
        while (Math.Abs(value) >= 1024 && unit < Units.Length - 1)
        {
            value /= 1024;
            unit++;
        }

        return unit == 0
            ? Invariant($"{bytes} B")
            : Invariant($"{value:F1} {Units[unit]}");
    }

    /// <summary>Seconds with three significant digits or so, such as <c>12.3 ms</c>.</summary>
    public static string Time(double seconds) => seconds switch
    {
        >= 1 => Invariant($"{seconds:F2} s"),
        >= 1e-3 => Invariant($"{seconds * 1e3:F2} ms"),
        _ => Invariant($"{seconds * 1e6:F1} us"),
    };
}
