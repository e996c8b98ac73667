using System.CommandLine;
using KernelGen.Cpu;
using KernelGen.Kernels;

namespace KernelGen.CommandLine;

/// <summary>The options that make a host, for commands that run kernels.</summary>
public sealed class HostOptions
{
    private readonly Option<DeviceKind> _device = CommandOptions.Choice(
        "--device", "Where kernels run [default: auto]", ("auto", DeviceKind.Auto), ("cpu", DeviceKind.Cpu), ("cuda", DeviceKind.Cuda));

    private readonly Option<CpuVectorPath> _path = CommandOptions.VectorPath();
    private readonly Option<int?> _threads = CommandOptions.Threads();
    private readonly Option<ExperimentalKernels> _experimental = CommandOptions.Experimental();
    private readonly Option<long?> _freeBytes = CommandOptions.FreeBytes();
    private readonly Option<long?> _reserveBytes = CommandOptions.ReserveBytes();

    /// <summary>Adds the options to a command.</summary>
    public HostOptions(Command command)
    {
        command.Options.Add(_device);
        command.Options.Add(_path);
        command.Options.Add(_threads);
        command.Options.Add(_experimental);
        command.Options.Add(_freeBytes);
        command.Options.Add(_reserveBytes);
    }

    /// <summary>Makes the host, which logs to standard error with <c>--verbose</c>.</summary>
    /// <exception cref="DeviceNotUsableException">The device asked for cannot be used.</exception>
    public AttentionHost CreateHost(ParseResult parsed, CommandConsole console) =>
        AttentionHost.CreateDefault(Read(
            parsed) with { Logger = parsed.GetValue<bool>(CommandOptions.VerboseName) ? new StandardErrorLogger(console.Error) : null });

    /// <summary>The options of the host.</summary>
    public AttentionHostOptions Read(ParseResult parsed) => new()
    {
        Device = parsed.GetValue(_device),
        VectorPath = parsed.GetValue(_path),
        Threads = parsed.GetValue(_threads),
        Cuda = new() { ExperimentalKernels = parsed.GetValue(_experimental) },
        FreeBytes = parsed.GetValue(_freeBytes),
        ReserveBytes = parsed.GetValue(_reserveBytes) ?? 0,
    };
}
