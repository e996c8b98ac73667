using System.Globalization;

namespace KernelGen.CommandLine;

/// <summary>Amounts of memory for people.</summary>
public static class ByteText
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

    /// <summary>An amount with three significant digits, such as <c>512 MiB</c> or <c>1.5 GiB</c>.</summary>
    public static string Format(long bytes)
    {
        double amount = bytes;
        int unit = 0;
        while (amount >= 1023.5 && unit < Units.Length - 1)
        {
            amount /= 1024;
            unit++;
        }

        string format = unit == 0 || amount >= 99.95 ? "0" : amount >= 9.995 ? "0.#" : "0.##";
        return $"{amount.ToString(format, CultureInfo.InvariantCulture)} {Units[unit]}";
    }
}
