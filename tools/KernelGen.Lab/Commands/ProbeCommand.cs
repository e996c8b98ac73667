using System.CommandLine;
using System.Text.Json;
using KernelGen.CommandLine.Classes;
using KernelGen.Lab.Measuring;
using KernelGen.Lab.Probes;

namespace KernelGen.Lab.Commands;

/// <summary>Asks a GPU what its documentation leaves open: rates, layouts, and what the compiler makes of the kernels.</summary>
public sealed class ProbeCommand : Command
{
    private const int DefaultSeconds = 300;

    private readonly CommandConsole _console;
    private readonly IModelClasses _classes;
    private readonly Option<string[]> _only = new("--only")
    {
        Description = $"Only these probes: {string.Join(", ", ProbeRun.Names)}",
        HelpName = "NAME",
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<string[]> _kernels =
        CommandOptions.Names("--kernels", "Of the emitted kernels only those with these names; * stands for any text");
    private readonly Option<string[]> _except = CommandOptions.Names("--except", "None of the emitted kernels with these names");
    private readonly Option<string?> _cache = CommandOptions.CacheFolder();
    private readonly Option<string?> _precompiled = CommandOptions.Precompiled();
    private readonly Option<bool> _smoke =
        new("--smoke") { Description = "Cut all loops short: does everything run, on the emulator for instance" };
    private readonly Option<int> _seconds = CommandOptions.Positive("--seconds", "Start nothing after this time", DefaultSeconds);
    private readonly Option<string?> _output =
        new("--output") { Description = "A file that holds the JSON of what was found so far", HelpName = "FILE" };
    private readonly Option<bool> _json = CommandOptions.Json();

    /// <summary>Makes the command.</summary>
    /// <param name="console">Where results and progress go.</param>
    /// <param name="classes">The classes whose kernels are looked at.</param>
    public ProbeCommand(CommandConsole console, IModelClasses classes)
        : base("probe", "Measure what kernels for compute capability 9.0 rest on, on this machine's GPU")
    {
        (_console, _classes) = (console, classes);
        _only.AcceptOnlyFromAmong([.. ProbeRun.Names]);
        foreach (Option option in (Option[])[_only, _cache, _precompiled, _kernels, _except, _smoke, _seconds, _output, _json])
            Options.Add(option);
        SetAction(Run);
    }

    private int Run(ParseResult parsed)
    {
        string[] only = parsed.GetValue(_only) ?? [];
        KernelFilter filter = new(parsed.GetValue(_kernels) ?? [], parsed.GetValue(_except) ?? []);
        using ProbeRun run = new(
            _classes, parsed.GetValue(_smoke), filter, TimeSpan.FromSeconds(parsed.GetValue(_seconds)), parsed.GetValue(_cache),
            parsed.GetValue(_precompiled), parsed.GetValue(_output));
        ProbeReport report = run.Run(
            only, (done, name) =>
                _console.ShowProgress(done, only.Length > 0 ? only.Length : ProbeRun.Names.Count, name), _console.CancellationToken);
        _console.Progress("");
        if (parsed.GetValue(_json))
            _console.Output.WriteLine(JsonSerializer.Serialize(report, ProbeJson.Default.ProbeReport));
        else
            Write(report);

        foreach (ProbeTable table in report.Probes)
        {
            foreach (string failure in table.Failures)
                _console.Error.WriteLine($"slow or wrong: {table.Name}: {failure}");
        }

        return report.Probes.Any(table => table.Failures.Count > 0) ? ExitCode.Failed : ExitCode.Done;
    }

    private void Write(ProbeReport report)
    {
        TextWriter output = _console.Output;
        output.WriteLine(report.Device);
        foreach (ProbeTable table in report.Probes)
        {
            output.WriteLine();
            output.WriteLine($"{table.Name}: {table.Question}");
            foreach (var row in table.Rows)
                output.WriteLine($"  {string.Join(", ", row.Select(field => $"{field.Key} {field.Value}"))}");
            foreach (string line in table.Answers.Concat(table.Failures).Concat(table.Faults))
                output.WriteLine($"  {line}");
        }
    }
}
