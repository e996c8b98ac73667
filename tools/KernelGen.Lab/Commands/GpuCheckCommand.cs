using System.CommandLine;
using KernelGen.Lab.GpuCheck;

namespace KernelGen.Lab.Commands;

/// <summary>
/// Checks and measures the kernels on this machine's GPU in under ten minutes. It is started by <c>gpu-check.sh</c> of a bundle.
/// </summary>
internal sealed class GpuCheckCommand : Command
{
    /// <summary>Nine minutes with what unpacking takes.</summary>
    private const int DefaultSeconds = 535;

    private readonly CommandConsole _console;
    private readonly Argument<string?> _results = new("RESULTS")
    {
        Description = "The folder for logs and JSON [default: $OUT, or results]. What is done by then stays there, whatever happens later",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string> _bundle =
        new("--bundle") { Description = "The folder that gpu-bundle.sh made", HelpName = "FOLDER", Required = true };
    private readonly Option<string[]> _parts = CommandOptions.Names("--parts", $"Only these: {string.Join(',', GpuCheckRun.PartNames)}");
    private readonly Option<string[]> _kernels = CommandOptions.Names(
        "--kernels", "Only kernels with these names, * for any text: after a change to one of them");

    private readonly Option<string[]> _except = CommandOptions.Names("--except", "No kernels with these names");
    private readonly Option<string?> _against = new("--against")
    {
        Description =
            "Compare with the peers.json of these earlier results when peers are not measured again, and leave out kernels that were "
                + "lost there",
        HelpName = "FOLDER",
    };

    private readonly Option<string?> _cache =
        new("--cache") { Description = "Keep compiled kernels there, for the next run on this machine", HelpName = "FOLDER" };
    private readonly Option<bool> _compileHere = new("--compile-here")
    {
        Description = "Compile all kernels on this machine, those that the bundle has compiled in advance as well",
    };

    private readonly Option<bool> _allVariants = new("--all-variants")
    {
        Description = "Time every kernel, not only what the planner takes, as far as the time goes",
    };

    private readonly Option<string?> _name =
        new("--name") { Description = "Name of the merged files; the GPU's by default", HelpName = "NAME" };
    private readonly Option<int> _seconds =
        CommandOptions.Positive("--seconds", "For all parts together; each has its share of it", DefaultSeconds);
    private readonly Option<bool> _smoke = new("--smoke")
    {
        Description = "Tiny shapes and loops: whether everything works, on the emulator for instance, not how fast it is",
    };

    public GpuCheckCommand(CommandConsole console)
        : base("gpu-check", "Check and measure the kernels on this machine's GPU")
    {
        _console = console;
        Arguments.Add(_results);
        Option[] options = [_bundle, _parts, _kernels, _except, _against, _cache, _compileHere, _allVariants, _name, _seconds, _smoke];
        foreach (Option option in options)
            Options.Add(option);
        SetAction(Run);
    }

    private int Run(ParseResult parsed)
    {
        string[] parts = parsed.GetValue(_parts) ?? [];
        if (parts.FirstOrDefault(part => !GpuCheckRun.PartNames.Contains(part)) is { } unknown)
            throw new InputException($"There is no part '{unknown}'; there are {string.Join(", ", GpuCheckRun.PartNames)}.");

        using GpuCheckRun run = new(Read(parsed, parts), new ChildRunner(), TimeProvider.System, _console.Output);
        return run.Execute(_console.CancellationToken);
    }

    private GpuCheckOptions Read(ParseResult parsed, string[] parts)
    {
        string results = parsed.GetValue(_results)
            ?? (Environment.GetEnvironmentVariable("OUT") is { Length: > 0 } output ? output : "results");
        return new(
            CommandText(parsed), AppContext.BaseDirectory, Existing(parsed.GetRequiredValue(_bundle)), Path.GetFullPath(results),
            TimeSpan.FromSeconds(parsed.GetValue(_seconds)))
        {
            Parts = parts,
            Kernels = parsed.GetValue(_kernels) ?? [],
            Except = parsed.GetValue(_except) ?? [],
            Against = parsed.GetValue(_against) is { } against ? Existing(against) : null,
            Cache = parsed.GetValue(_cache),
            CompileHere = parsed.GetValue(_compileHere),
            AllVariants = parsed.GetValue(_allVariants),
            Name = parsed.GetValue(_name),
            Smoke = parsed.GetValue(_smoke),
        };
    }

    private static string Existing(string folder) =>
        Directory.Exists(folder) ? Path.GetFullPath(folder) : throw new InputException($"There is no folder {folder}.");

    // As it would be typed, without folders of this machine, which must not appear in published results.
    private string CommandText(ParseResult parsed)
    {
        List<string> words = ["gpu-check.sh RESULTS"];
        foreach ((Option<string[]> option, string quote) in ((Option<string[]>, string)[])[(_parts, ""), (_kernels, "'"), (_except, "'")])
        {
            if (parsed.GetValue(option) is { Length: > 0 } names)
                words.Add($"{option.Name} {quote}{string.Join(',', names)}{quote}");
        }

        foreach (Option<bool> option in (Option<bool>[])[_compileHere, _allVariants, _smoke])
        {
            if (parsed.GetValue(option))
                words.Add(option.Name);
        }

        if (parsed.GetResult(_seconds) is { Implicit: false })
            words.Add(Invariant($"{_seconds.Name} {parsed.GetValue(_seconds)}"));
        return string.Join(' ', words);
    }
}
