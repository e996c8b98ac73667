using System.CommandLine;
using KernelGen.Lab.Commands;
using KernelGen.Samples.Models;

namespace KernelGen.Lab;

/// <summary>The laboratory from its arguments to its exit code, without the process around it, so that tests can run it.</summary>
internal static class LaboratoryApplication
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
        RootCommand root = new("The laboratory: measures the kernels of the sample's classes, and what compilers and GPUs make of them.")
        {
            new BenchCommand(console, ModelCatalogue.Classes),
            new ProbeCommand(console, ModelCatalogue.Classes),
            new SassCommand(),
            new JitCommand(),
            JitCommand.Child(),
            new GpuCheckCommand(console),
        };
        return CommandRunner.Run(root, args, console);
    }
}
