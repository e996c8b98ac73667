using System.Runtime.InteropServices;
using KernelGen.Samples;

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
return SampleApplication.Run(args, Console.Out, Console.Error, cancellation.Token);

void Stop(PosixSignalContext signal)
{
    signal.Cancel = !cancellation.IsCancellationRequested;
    cancellation.Cancel();
}
