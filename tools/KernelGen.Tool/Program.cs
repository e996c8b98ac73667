using System.CommandLine;
using KernelGen.CommandLine.Commands;
using KernelGen.Tool;

return CommandProcess.Run(cancellationToken =>
{
    CommandConsole console = new(Console.Out, Console.Error, cancellationToken);
    AssemblyClasses required = new(isRequired: true), optional = new(isRequired: false);
    RootCommand root = new("Attention kernels that a source generator gave to annotated classes: listed, planned with, compiled.")
    {
        new DoctorCommand(console, optional),
        new KernelsCommand(console, required, compile: null),
        new PlanCommand(console, required),
        new CompileCommand(console),
    };
    return CommandRunner.Run(root, args, console);
});
