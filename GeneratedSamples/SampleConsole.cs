using Spectre.Console;

namespace KernelGen.Samples;

/// <summary>Where a command writes: results to standard output, everything else to standard error.</summary>
internal sealed class SampleConsole
{
    /// <summary>Columns of a table when the output is not a terminal, whose width would be known.</summary>
    private const int RedirectedWidth = 100;

    public SampleConsole(TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        Output = output;
        Error = error;
        CancellationToken = cancellationToken;
        ErrorIsTerminal = ReferenceEquals(error, Console.Error) && !Console.IsErrorRedirected;
    }

    /// <summary>The result.</summary>
    public TextWriter Output { get; }

    /// <summary>Progress and messages.</summary>
    public TextWriter Error { get; }

    /// <summary>Stops a run.</summary>
    public CancellationToken CancellationToken { get; }

    /// <summary>A line on standard error can be overwritten to show progress.</summary>
    public bool ErrorIsTerminal { get; }

    /// <summary>Tables on standard output: coloured on a terminal, plain text of 100 columns elsewhere.</summary>
    public IAnsiConsole Tables()
    {
        bool terminal = ReferenceEquals(Output, Console.Out) && !Console.IsOutputRedirected;
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = terminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = terminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(Output),
        });
        if (!terminal)
            console.Profile.Width = RedirectedWidth;
        return console;
    }

    /// <summary>Replaces the progress line on standard error; does nothing when that is not a terminal.</summary>
    public void Progress(string line)
    {
        if (ErrorIsTerminal)
            Error.Write($"\r\u001b[K{line}");
    }
}
