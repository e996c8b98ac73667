using Microsoft.Extensions.Logging;

namespace KernelGen.CommandLine;

/// <summary>Writes the library's log, a line for each entry.</summary>
public sealed class StandardErrorLogger(TextWriter error) : ILogger
{
    private readonly Lock _gate = new();

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    /// <inheritdoc/>
    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
            return;

        string level = logLevel >= LogLevel.Warning ? "warning" : "log";
        lock (_gate)
            error.WriteLine($"{level}: {formatter(state, exception).ReplaceLineEndings(" ")}");
    }
}
