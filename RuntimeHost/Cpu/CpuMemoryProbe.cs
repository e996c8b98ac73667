using System.Globalization;
using KernelGen.Planning;

namespace KernelGen.Cpu;

/// <summary>Reads how much memory the process may still take.</summary>
/// <remarks>
/// On Linux the lesser of <c>MemAvailable</c> and what the control groups of the process leave: limit minus usage, where file pages that
/// have not been used lately do not count as usage because the kernel drops them first. Elsewhere what the garbage collector reports.
/// </remarks>
public static class CpuMemoryProbe
{
    private const string MemInfo = "/proc/meminfo";
    private const string OwnControlGroups = "/proc/self/cgroup";
    private const string ControlGroupRoot = "/sys/fs/cgroup";
    private const string Caches = "/sys/devices/system/cpu/cpu0/cache";

    /// <summary>Free bytes now, and where the number comes from.</summary>
    public static MemoryBudget Measure()
    {
        if (TryRead(MemInfo) is not { } memInfo || MemInfoBytes(memInfo, "MemAvailable") is not { } available)
        {
            GCMemoryInfo info = GC.GetGCMemoryInfo();
            return new(Math.Max(0, info.TotalAvailableMemoryBytes - info.MemoryLoadBytes), 0,
                "the garbage collector's view of the machine");
        }

        long? group = ControlGroupFreeBytes(TryRead(OwnControlGroups) ?? "", ControlGroupRoot);
        return group < available ? new(group.Value, 0, "cgroup limit") : new(available, 0, "MemAvailable");
    }

    /// <summary>Bytes of memory of the machine, or of the container.</summary>
    public static long TotalBytes()
    {
        long machine = TryRead(MemInfo) is { } memInfo && MemInfoBytes(memInfo, "MemTotal") is { } total ? total : long.MaxValue;
        return Math.Min(machine, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
    }

    /// <summary>
    /// Bytes of the largest cache of the first processor, which is the last before memory; 0 when the system does not say.
    /// </summary>
    public static long LastLevelCacheBytes()
    {
        long largest = 0;
        for (int index = 0; TryRead($"{Caches}/index{index}/size") is { } size; index++)
        {
            // A number of KiB with a K behind it.
            largest = Math.Max(largest, (Number(size.AsSpan().Trim().TrimEnd('K')) ?? 0) * 1024);
        }

        return largest;
    }

    /// <summary>A row of <c>/proc/meminfo</c> in bytes.</summary>
    internal static long? MemInfoBytes(string text, string name)
    {
        // Lines are looked for by the one letter that ends them here: a search for all that may end one is code that is compiled first.
        for (ReadOnlySpan<char> rest = text; rest.Length > 0;)
        {
            int end = rest.IndexOf('\n');
            ReadOnlySpan<char> line = end < 0 ? rest : rest[..end];
            rest = rest[(end < 0 ? rest.Length : end + 1)..];
            if (line.StartsWith(name, StringComparison.Ordinal) && line.Length > name.Length && line[name.Length] == ':')
            {
                ReadOnlySpan<char> value = line[(name.Length + 1)..].Trim();
                int unit = value.IndexOf(' ');
                return Number(unit < 0 ? value : value[..unit]) * 1024;
            }
        }

        return null;
    }

    /// <summary>The memory that the control groups of a process leave; null without a limit.</summary>
    /// <param name="ownGroups">The text of <c>/proc/self/cgroup</c>.</param>
    /// <param name="root">Where control groups are mounted.</param>
    internal static long? ControlGroupFreeBytes(string ownGroups, string root)
    {
        long? free = null;
        foreach (string line in ownGroups.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            // hierarchy:controllers:path; version 2 has no controllers.
            string[] parts = line.Split(':', 3);
            if (parts.Length != 3)
            {
                continue;
            }

            bool second = parts[1].Length == 0;
            if (!second && Array.IndexOf(parts[1].Split(','), "memory") < 0)
            {
                continue;
            }

            // A limit of any group above holds too. Inside a container the path may lead outside what is mounted; then only the root
            // remains.
            string mount = second ? root : Path.Combine(root, "memory");
            for (string path = parts[2].Trim('/'); ; path = Path.GetDirectoryName(path) ?? "")
            {
                free = Least(free, GroupFreeBytes(Path.Combine(mount, path), second));
                if (path.Length == 0)
                {
                    break;
                }
            }
        }

        return free;
    }

    private static long? GroupFreeBytes(string group, bool second)
    {
        long? limit = Number(TryRead(Path.Combine(group, second ? "memory.max" : "memory.limit_in_bytes")));
        long? usage = Number(TryRead(Path.Combine(group, second ? "memory.current" : "memory.usage_in_bytes")));
        if (limit is null || usage is null)
        {
            return null;
        }

        string inactiveName = second ? "inactive_file " : "total_inactive_file ";
        string? inactive = Array.Find(
            TryRead(Path.Combine(group, "memory.stat"))?.Split('\n') ?? [],
            line => line.StartsWith(inactiveName, StringComparison.Ordinal));
        long reclaimable = inactive is null ? 0 : Number(inactive.AsSpan(inactiveName.Length)) ?? 0;
        return Math.Max(0, limit.Value - Math.Max(0, usage.Value - reclaimable));
    }

    private static long? Least(long? left, long? right) => left is null || right < left ? right : left;

    private static long? Number(ReadOnlySpan<char> text) =>
        long.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;

    private static string? TryRead(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
