using Microsoft.Extensions.Logging;

namespace KernelGen.Cuda;

/// <summary>The log messages of a <see cref="CudaDevice"/>.</summary>
internal static partial class CudaLog
{
    [LoggerMessage(20, LogLevel.Information, "Compiled {Variant} for {Architecture} in {Milliseconds:F0} ms")]
    public static partial void Compiled(ILogger logger, string variant, string architecture, double milliseconds);

    [LoggerMessage(21, LogLevel.Information, "Read {Variant} for {Architecture} from the cubin cache")]
    public static partial void FoundInCache(ILogger logger, string variant, string architecture);

    [LoggerMessage(22, LogLevel.Warning, "The driver refused {Variant} from the cubin cache ({Reason}); it is compiled again")]
    public static partial void CachedImageRefused(ILogger logger, string variant, string reason);

    [LoggerMessage(23, LogLevel.Warning, "Memory ran out in {Variant}; going on with at most {Heads} heads x {Rows} rows at once")]
    public static partial void Shrunk(ILogger logger, Exception fault, string variant, int heads, int rows);

    [LoggerMessage(25, LogLevel.Information, "Read {Variant} for {Architecture} from {Folder}, compiled in advance")]
    public static partial void FoundInFolder(ILogger logger, string variant, string architecture, string folder);

    [LoggerMessage(EventId = 26, Message = "Passed over {Variant} for {Architecture} in {Folder}: {Reason}")]
    public static partial void PassedOver(
        ILogger logger, LogLevel level, string variant, string architecture, string folder, string reason);

    [LoggerMessage(24, LogLevel.Warning, "{Variant} was compiled, but slower than it should be: {Finding}")]
    public static partial void CompiledBadly(ILogger logger, string variant, string finding);

    [LoggerMessage(27, LogLevel.Warning, "Compiled kernels are neither read from {Path} nor kept there: {Reason}")]
    public static partial void CachePassedOver(ILogger logger, string path, string reason);
}
