using System.Globalization;

namespace KernelGen.Lab.CpuPeers;

/// <summary>The most memory that this process had at once, which Linux counts.</summary>
internal static class PeakMemory
{
    private const string Status = "/proc/self/status";

    /// <summary>The peak growth of the process while something ran.</summary>
    /// <param name="action">What runs.</param>
    /// <returns>Bytes; null where the system does not count them.</returns>
    public static long? Growth(Action action)
    {
        if (!Restart())
        {
            action();
            return null;
        }

        long before = Read("VmRSS:");
        action();
        return Math.Max(0, Read("VmHWM:") - before);
    }

    // Writing 5 to this file makes the highest mark what is there now.
    private static bool Restart()
    {
        try
        {
            File.WriteAllText("/proc/self/clear_refs", "5");
            return File.Exists(Status);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static long Read(string name)
    {
        string line = File.ReadLines(Status).First(line => line.StartsWith(name, StringComparison.Ordinal));
        return 1024 * long.Parse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
    }
}
