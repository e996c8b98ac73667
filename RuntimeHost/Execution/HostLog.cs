using KernelGen.Tensors;
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

    [LoggerMessage(8, LogLevel.Information, "{Owner}, {ElementType}, head dim {HeadDim}: {Advice}")]
    public static partial void ExperimentalKernelsOff(ILogger logger, string owner, string elementType, int headDim, string advice);

    [LoggerMessage(4, LogLevel.Warning, "The measurements in {Path} are ignored: {Reason}")]
    public static partial void MeasurementsIgnored(ILogger logger, string path, string reason);

    [LoggerMessage(5, LogLevel.Warning, "The measurements are not kept in {Path}: {Reason}")]
    public static partial void MeasurementsNotKept(ILogger logger, string path, string reason);

    [LoggerMessage(6, LogLevel.Warning, "{Variant} could not be timed: {Reason}")]
    public static partial void NotTimed(ILogger logger, string variant, string reason);

    [LoggerMessage(7, LogLevel.Information, "Tuned {Shape}: {Variant} is the fastest of {Count} with {Milliseconds:F4} ms")]
    public static partial void Tuned(ILogger logger, AttentionShape shape, string variant, int count, double milliseconds);
}
