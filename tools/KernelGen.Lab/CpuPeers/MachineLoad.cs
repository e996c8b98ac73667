using System.Globalization;

namespace KernelGen.Lab.CpuPeers;

/// <summary>The load of the machine.</summary>
internal static class MachineLoad
{
    private const string File = "/proc/loadavg";

    /// <summary>Processes that ran or waited to run, on average over the last minute; null where the system does not say.</summary>
    public static double? Now => System.IO.File.Exists(File)
        ? double.Parse(System.IO.File.ReadAllText(File).Split(' ')[0], CultureInfo.InvariantCulture)
        : null;
}
