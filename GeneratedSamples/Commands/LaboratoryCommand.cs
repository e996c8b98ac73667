using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace KernelGen.Samples.Commands;

/// <summary>A command of the laboratory under its name here: arguments, results and exit code are the laboratory's.</summary>
internal sealed class LaboratoryCommand : Command
{
    /// <summary>Makes the command.</summary>
    /// <param name="name">Its name, in both programs.</param>
    /// <param name="description">What it does.</param>
    /// <param name="args">The whole command line, which is handed over as it is.</param>
    /// <param name="console">Receives messages.</param>
    public LaboratoryCommand(string name, string description, string[] args, CommandConsole console)
        : base(name, $"{description} (built when it is first asked for)")
    {
        // The laboratory knows its options and says what is wrong with them.
        TreatUnmatchedTokensAsErrors = false;
        HandOver handOver = new(args, console);
        Options.Add(new HelpOption { Action = handOver });
        Action = handOver;
    }

    private sealed class HandOver(string[] args, CommandConsole console) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult) => Laboratory.Run(args, console);
    }
}
