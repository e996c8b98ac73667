using System.Runtime.InteropServices;

namespace KernelGen.CommandLine;

/// <summary>A command line as a process: what ends it politely stops the run, which then leaves no unfinished files.</summary>
public static class CommandProcess
{
    /// <summary>Runs it.</summary>
    /// <param name="run">The command line; its token stops it.</param>
    /// <returns>What it returns: an <see cref="ExitCode"/>.</returns>
    public static int Run(Func<CancellationToken, int> run)
    {
        using CancellationTokenSource cancellation = new();
        Console.CancelKeyPress += (_, pressed) =>
        {
            // The kernels stop between tiles and the unfinished output file is removed; a second Ctrl+C ends the process at once.
            pressed.Cancel = !cancellation.IsCancellationRequested;
            cancellation.Cancel();
        };

        // What ends a process politely is treated alike: the file is removed that is being written, and nothing is put in its place.
        using PosixSignalRegistration terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using PosixSignalRegistration hungUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);
        return run(cancellation.Token);

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = !cancellation.IsCancellationRequested;
            cancellation.Cancel();
        }
    }
}
