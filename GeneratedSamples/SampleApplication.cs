using System.CommandLine;
using KernelGen.Cuda;
using KernelGen.Kernels;
using KernelGen.Lab.Commands;
using KernelGen.Planning;
using KernelGen.Reference.Safetensors;
using KernelGen.Samples.Commands;
using KernelGen.Samples.Models;

namespace KernelGen.Samples;

/// <summary>The application from its arguments to its exit code, without the process around it, so that tests can run it.</summary>
internal static class SampleApplication
{
    /// <summary>Runs a command line.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="stdout">Receives the result.</param>
    /// <param name="stderr">Receives everything else.</param>
    /// <param name="cancellationToken">Stops a run.</param>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public static int Run(string[] args, TextWriter stdout, TextWriter stderr, CancellationToken cancellationToken = default)
    {
        CommandConsole console = new(stdout, stderr, cancellationToken);
        Option<bool> verbose = CommandOptions.Verbose();
        RootCommand root = new("Attention kernels made by a source generator, planned to fit the memory there is. Without a command: the demo.")
        {
            verbose,
            new AttendCommand(console),
            new PlanCommand(console),
            new KernelsCommand(console),
            new BenchCommand(console, ModelClasses.Instance),
            new ProbeCommand(console, ModelClasses.Instance),
            new DoctorCommand(console),
        };
        root.SetAction(_ => DemoCommand.Run(console));

        ParseResult parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            stderr.WriteLine($"error: {OneLine(parsed.Errors[0].Message)} ('--help' lists commands and options)");
            return ExitCode.BadInput;
        }

        try
        {
            return parsed.Invoke(new InvocationConfiguration { Output = stdout, Error = stderr, EnableDefaultExceptionHandler = false });
        }
        catch (Exception exception)
        {
            console.Progress("");
            (int code, string message) = Explain(exception);
            stderr.WriteLine($"error: {OneLine(message)}");
            if (parsed.GetValue(verbose))
                stderr.WriteLine(exception);
            return code;
        }
    }

    private static (int Code, string Message) Explain(Exception exception) => exception switch
    {
        InputException or SafetensorsException or UnsupportedVariantException or NoMatchingVariantException => (ExitCode.BadInput, exception.Message),
        SlicePolicyException { Failure: PolicyFailure.NoFreeMemory } => (ExitCode.DoesNotFit, exception.Message),
        SlicePolicyException => (ExitCode.BadInput, exception.Message),
        AttentionMemoryException => (ExitCode.DoesNotFit, exception.Message),
        OutOfMemoryException => (ExitCode.DoesNotFit, $"The tensors do not fit in memory: {exception.Message}"),
        DeviceNotUsableException or CudaException or KernelCompilationException => (ExitCode.DeviceNotUsable, exception.Message),
        OperationCanceledException => (ExitCode.Cancelled, "cancelled; no output was written"),
        _ => (ExitCode.Failed, $"unexpected {exception.GetType().Name}: {exception.Message} (--verbose shows where)"),
    };

    private static string OneLine(string message) =>
        string.Join(' ', message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
