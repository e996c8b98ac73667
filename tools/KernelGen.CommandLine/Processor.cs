using System.Globalization;

namespace KernelGen.CommandLine;

/// <summary>The processor that this process runs on.</summary>
public static class Processor
{
    private const string Information = "/proc/cpuinfo";

    /// <summary>The processor's name; <c>unknown</c> where the system does not say.</summary>
    public static string ModelName => Read("model name") ?? "unknown";

    /// <summary>
    /// Its name, and what a virtual machine's name leaves out: <c>AMD EPYC (family 25 model 17, Zen 4)</c>. Numbers of one kind of
    /// processor are not those of another.
    /// </summary>
    public static string Description => Describe(ModelName, Read("cpu family"), Read("model"));

    /// <summary>The description of a processor.</summary>
    /// <param name="family">Its family as the system writes it; null where it does not.</param>
    internal static string Describe(string name, string? family, string? model)
    {
        if (!int.TryParse(family, NumberStyles.None, CultureInfo.InvariantCulture, out int familyNumber)
            || !int.TryParse(model, NumberStyles.None, CultureInfo.InvariantCulture, out int modelNumber))
        {
            return name;
        }

        string? core = name.StartsWith("AMD", StringComparison.Ordinal) ? AmdCore(familyNumber, modelNumber) : null;
        return Invariant($"{name} (family {familyNumber} model {modelNumber}{(core is null ? "" : $", {core}")})");
    }

    // As the Linux kernel tells them apart.
    private static string? AmdCore(int family, int model) => (family, model) switch
    {
        (0x17, < 0x30) => "Zen",
        (0x17, _) => "Zen 2",
        (0x19, <= 0x0F or (>= 0x20 and <= 0x5F)) => "Zen 3",
        (0x19, (>= 0x10 and <= 0x1F) or (>= 0x60 and <= 0xAF)) => "Zen 4",
        (0x1A, _) => "Zen 5",
        _ => null,
    };

    // Lines are "model		: 17".
    private static string? Read(string key)
    {
        if (!File.Exists(Information))
            return null;

        foreach (string line in File.ReadLines(Information))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0 && line.AsSpan(0, colon).TrimEnd().SequenceEqual(key))
                return line[(colon + 1)..].Trim();
        }

        return null;
    }
}
