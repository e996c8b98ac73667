using KernelGen.Samples;

using CancellationTokenSource cancellation = new();
Console.CancelKeyPress += (_, pressed) =>
{
    // The kernels stop between tiles and the unfinished output file is removed; a second Ctrl+C ends the process at once.
    pressed.Cancel = !cancellation.IsCancellationRequested;
    cancellation.Cancel();
};
return SampleApplication.Run(args, Console.Out, Console.Error, cancellation.Token);
