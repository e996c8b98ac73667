using System.CommandLine;
using KernelGen.CommandLine.Classes;
using KernelGen.CommandLine.Commands;
using KernelGen.CommandLine.Compilation;
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
        OwnClasses classes = new(ModelCatalogue.Classes);
        RootCommand root =
            new("Attention kernels made by a source generator, planned to fit the memory there is. Without a command: the demo.")
        {
            new AttendCommand(console),
            new PlanCommand(console, classes),
            new KernelsCommand(console, classes, new CompileOptions()),
            new LaboratoryCommand("bench", "Time kernels: on the CPU beside other implementations, on GPUs", args, console),
            new LaboratoryCommand("probe", "Ask a GPU what its documentation leaves open", args, console),
            new DoctorCommand(console, classes),
        };
        root.SetAction(_ => DemoCommand.Run(console));
        return CommandRunner.Run(root, args, console, fault => fault is SafetensorsException);
    }
}
