using Microsoft.Extensions.Logging;

namespace KernelGen;

/// <summary>The host's log messages.</summary>
internal static partial class HostLog
{
    [LoggerMessage(1, LogLevel.Information, "Device: {Choice}")]
    public static partial void DeviceChosen(ILogger logger, string choice);

    [LoggerMessage(2, LogLevel.Debug, "Ran {Variant} in {Slices} slices with {WorkspaceBytes} bytes of workspace in {Milliseconds:F3} ms")]
    public static partial void Ran(ILogger logger, string variant, int slices, long workspaceBytes, double milliseconds);

    [LoggerMessage(3, LogLevel.Information, "Not offered to the planner: {Reason}")]
    public static partial void VariantNotOffered(ILogger logger, string reason);
}
