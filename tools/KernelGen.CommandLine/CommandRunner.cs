using System.CommandLine;
using KernelGen.Cuda;
using KernelGen.Kernels;
using KernelGen.Planning;

namespace KernelGen.CommandLine;

/// <summary>Runs a command line: each fault is one line on standard error, and an exit code.</summary>
public static class CommandRunner
{
    /// <summary>Runs it.</summary>
    /// <param name="root">The commands; <c>--verbose</c> is added to them.</param>
    /// <param name="args">The arguments.</param>
    /// <param name="console">Where results and messages go.</param>
    /// <param name="isInputFault">Says which exceptions of the application are faults of its input; null for none.</param>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public static int Run(RootCommand root, string[] args, CommandConsole console, Func<Exception, bool>? isInputFault = null)
    {
        Option<bool> verbose = CommandOptions.Verbose();
        root.Options.Add(verbose);
        ParseResult parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            console.Error.WriteLine($"error: {OneLine(parsed.Errors[0].Message)} ('--help' lists commands and options)");
            return ExitCode.BadInput;
        }

        try
        {
            return parsed.Invoke(
                new InvocationConfiguration { Output = console.Output, Error = console.Error, EnableDefaultExceptionHandler = false });
        }
        catch (Exception exception)
        {
            console.Progress("");
            (int code, string message) =
                isInputFault?.Invoke(exception) == true ? (ExitCode.BadInput, exception.Message) : Explain(exception);
            console.Error.WriteLine($"error: {OneLine(message)}");
            if (parsed.GetValue(verbose))
                console.Error.WriteLine(exception);
            return code;
        }
    }

    private static (int Code, string Message) Explain(Exception exception) => exception switch
    {
        InputException or UnsupportedVariantException or NoMatchingVariantException => (ExitCode.BadInput, exception.Message),
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
