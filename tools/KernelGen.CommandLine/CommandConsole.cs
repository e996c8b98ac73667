using Spectre.Console;

namespace KernelGen.CommandLine;

/// <summary>The output of a command: results to standard output, everything else to standard error.</summary>
public sealed class CommandConsole
{
    /// <summary>Columns that a table may take.</summary>
    private const int TableWidth = 100;

    /// <summary>Makes a console.</summary>
    /// <param name="output">Receives results.</param>
    /// <param name="error">Receives progress and messages.</param>
    /// <param name="cancellationToken">Stops a run.</param>
    public CommandConsole(TextWriter output, TextWriter error, CancellationToken cancellationToken)
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

    /// <summary>
    /// Writes a table to standard output: as the terminal can, or as plain text of at most 100 columns without trailing blanks.
    /// </summary>
    public void Write(Table table)
    {
        if (ReferenceEquals(Output, Console.Out) && !Console.IsOutputRedirected)
        {
            // A narrower terminal breaks the lines, which loses nothing; a narrower table would.
            AnsiConsole.Profile.Width = Math.Max(TableWidth, AnsiConsole.Profile.Width);
            AnsiConsole.Write(table);
            return;
        }

        using StringWriter text = new();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(text),
        });
        console.Profile.Width = TableWidth;
        console.Profile.Capabilities.Unicode = true;
        console.Write(table);
        string[] lines = text.ToString().TrimEnd().Split('\n');
        foreach (string line in lines.SkipWhile(string.IsNullOrWhiteSpace))
            Output.WriteLine(line.TrimEnd());
    }

    /// <summary>Replaces the progress line on standard error; does nothing when that is not a terminal.</summary>
    public void Progress(string line)
    {
        if (ErrorIsTerminal)
            Error.Write($"\r\u001b[K{line}");
    }

    /// <summary>Shows how far a run has come.</summary>
    /// <param name="done">Parts that are done.</param>
    /// <param name="count">All parts.</param>
    /// <param name="name">The part that begins.</param>
    public void ShowProgress(int done, int count, string name)
    {
        const int Width = 20;
        int filled = Width * done / count;
        Progress($"[{new string('#', filled)}{new string('.', Width - filled)}] {name}");
    }
}
