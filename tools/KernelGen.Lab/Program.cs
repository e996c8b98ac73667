using System.CommandLine;
using KernelGen.Lab.Commands;

CommandConsole console = new(Console.Out, Console.Error, CancellationToken.None);
RootCommand root = new("The laboratory: what compilers and GPUs make of the kernels.")
{
    new SassCommand(), new JitCommand(), JitCommand.Child(), new GpuCheckCommand(console),
};
return CommandRunner.Run(root, args, console);
