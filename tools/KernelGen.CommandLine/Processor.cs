namespace KernelGen.CommandLine;

/// <summary>The processor that this process runs on.</summary>
public static class Processor
{
    private const string Information = "/proc/cpuinfo";

    /// <summary>The processor's name; <c>unknown</c> where the system does not say.</summary>
    public static string ModelName
    {
        get
        {
            if (!File.Exists(Information))
                return "unknown";
            string? line = File.ReadLines(Information).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal));
            return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim() ?? "unknown";
        }
    }
}
