using KernelGen.Samples;

return CommandProcess.Run(cancellationToken => SampleApplication.Run(args, Console.Out, Console.Error, cancellationToken));
