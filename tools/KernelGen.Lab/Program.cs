using KernelGen.Lab;

return CommandProcess.Run(cancellationToken => LaboratoryApplication.Run(args, Console.Out, Console.Error, cancellationToken));
