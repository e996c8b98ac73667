using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using KernelGen.CommandLine.Classes;
using KernelGen.Lab.CpuBench;
using KernelGen.Lab.GpuBench;
using KernelGen.Lab.Measuring;
using KernelGen.Planning;
using KernelGen.Tensors;
using Spectre.Console;

namespace KernelGen.Lab.Commands;

/// <summary>The part of <c>bench</c> that measures GPUs: its options, and how its result is shown.</summary>
internal sealed class CudaBench
{
    private const int DefaultKernelSeconds = 20;
    private const int LongestRunInSeconds = 24 * 60 * 60;

    private readonly CommandConsole _console;
    private readonly IModelClasses _classes;
    private readonly Option<string?> _shapesFile = new("--shapes-file")
    {
        Description = "For GPUs: a list of shapes like shapes.json, which is what is measured when no shapes are given",
        HelpName = "FILE",
    };

    private readonly Option<bool> _allVariants =
        new("--all-variants") { Description = "For GPUs: measure every variant, not only the one that the planner takes" };
    private readonly Option<bool> _checkOnly =
        new("--check-only") { Description = "For GPUs: check results against float64, but time nothing" };
    private readonly Option<bool> _tune =
        new("--tune") { Description = "For GPUs: time the best predicted kernels of each shape first, and measure the fastest" };
    private readonly Option<string[]> _kernels =
        CommandOptions.Names("--kernels", "For GPUs: only kernels with these names; * stands for any text");
    private readonly Option<string[]> _except = CommandOptions.Names("--except", "For GPUs: no kernels with these names");
    private readonly Option<bool> _resume = new("--resume")
    {
        Description = "For GPUs: go on with the file of --output; a kernel that ended the process before is reported and left out",
    };

    private readonly Option<int> _kernelSeconds =
        CommandOptions.Positive(
            "--kernel-seconds", "For GPUs: a kernel that takes longer does not end, and the process is ended", DefaultKernelSeconds);
    private readonly Option<string?> _cache = CommandOptions.CacheFolder();
    private readonly Option<string?> _precompiled = CommandOptions.Precompiled();
    private readonly Option<string?> _output =
        new("--output") { Description = "For GPUs: a file that holds the JSON of what was measured so far", HelpName = "FILE" };
    private readonly Option<int> _seconds =
        CommandOptions.Positive("--seconds", "For GPUs: start nothing after this time", LongestRunInSeconds);

    /// <summary>Adds the options to a command.</summary>
    public CudaBench(Command command, CommandConsole console, IModelClasses classes)
    {
        (_console, _classes) = (console, classes);
        command.Options.Add(_shapesFile);
        command.Options.Add(_allVariants);
        command.Options.Add(_checkOnly);
        command.Options.Add(_tune);
        command.Options.Add(_kernels);
        command.Options.Add(_except);
        command.Options.Add(_resume);
        command.Options.Add(_kernelSeconds);
        command.Options.Add(_cache);
        command.Options.Add(_precompiled);
        command.Options.Add(_output);
        command.Options.Add(_seconds);
    }

    /// <summary>One of the options was given that only GPUs have.</summary>
    public bool IsAskedFor(ParseResult parsed) =>
        parsed.GetValue(_shapesFile) is not null || parsed.GetValue(_allVariants) || parsed.GetValue(_checkOnly) || parsed.GetValue(_tune)
        || parsed.GetValue(_output) is not null || parsed.GetValue(_resume) || parsed.GetValue(_cache) is not null
        || parsed.GetValue(_precompiled) is not null || !Filter(parsed).TakesAll;

    /// <summary>Measures and shows the result.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="host">How the host is made.</param>
    /// <param name="planning">Policy, family and slice size.</param>
    /// <param name="given">The shapes that were given; null when none were.</param>
    /// <param name="json">Write JSON to standard output.</param>
    /// <returns>An <see cref="ExitCode"/>: failed when a result was wrong, or the compiler spilled registers of a tensor core kernel or
    /// serialised its wgmma instructions.</returns>
    public int Run(ParseResult parsed, AttentionHostOptions host, PlanningOptions planning, CudaBenchShape[]? given, bool json)
    {
        CudaBenchShape[] shapes = parsed.GetValue(_shapesFile) is { } file ? PeerShapes.FromFile(file) : given ?? PeerShapes.BuiltIn();
        if (parsed.GetValue(_resume) && parsed.GetValue(_output) is null)
            throw new InputException("--resume goes on with a file; name it with --output.");

        CudaBenchOptions options = new(
            planning, parsed.GetValue(_allVariants), parsed.GetValue(_checkOnly), parsed.GetValue(_tune), Filter(parsed),
            parsed.GetValue(_resume),
            TimeSpan.FromSeconds(parsed.GetValue(_kernelSeconds)), TimeSpan.FromSeconds(parsed.GetValue(_seconds)),
            parsed.GetValue(_cache), parsed.GetValue(_precompiled), parsed.GetValue(_output));
        using CudaBenchRun run = new(_classes, host, options);
        CudaBenchResult result =
            run.Measure(shapes, (done, name) => _console.ShowProgress(done, shapes.Length, name), _console.CancellationToken);
        _console.Progress("");
        if (result.Rows.Count == 0 && result.Complete)
            throw new InputException("No kernel of this GPU has such a name and does one of the shapes; 'kernels' lists the names.");
        if (json)
            _console.Output.WriteLine(JsonSerializer.Serialize(result, GpuBenchJson.Default.CudaBenchResult));
        else
            WriteTable(result);

        foreach (CudaBenchRow row in result.Rows.Where(row => row.Fault is not null))
            _console.Error.WriteLine($"wrong: {row.Name}, {row.Variant}: {row.Fault}");
        foreach (CudaBenchRow row in result.Rows.Where(row => row.LocalBytes > 0).DistinctBy(row => row.Variant))
            _console.Error.WriteLine(
                Invariant($"spilled: {row.Variant}: {row.LocalBytes} bytes of local memory a thread"));
        foreach (string finding in result.Findings)
            _console.Error.WriteLine($"slow: {finding}");
        if (!result.Complete)
            _console.Error.WriteLine("The time was over before everything was measured.");
        return result.SpilledTensorCoreVariants.Count + result.Findings.Count > 0 || result.Rows.Any(row => row.Fault is not null)
            ? ExitCode.Failed
            : ExitCode.Done;
    }

    /// <summary>Shapes of the CPU's list, with the element type that was given for all of them.</summary>
    public static CudaBenchShape[] From(IEnumerable<BenchShape> shapes, ElementType elementType, bool causal) =>
        [.. shapes.Select(shape => new CudaBenchShape(shape.Name, shape.Shape, elementType, causal))];

    private KernelFilter Filter(ParseResult parsed) => new(parsed.GetValue(_kernels) ?? [], parsed.GetValue(_except) ?? []);

    private void WriteTable(CudaBenchResult result)
    {
        Table table = new Table().Border(TableBorder.Simple);
        table.AddColumn(new TableColumn("shape, kernel").NoWrap().PadLeft(0).PadRight(0));
        foreach (string heading in (string[])["ms", "TFLOP/s", "of peak", "registers", "spilled", "compile ms"])
            table.AddColumn(new TableColumn(heading).NoWrap().RightAligned().PadLeft(1).PadRight(0));
        string? shape = null;
        foreach (CudaBenchRow row in result.Rows)
        {
            string name = Invariant($"{row.Name}, {row.Dtype}");
            if (name != shape)
                table.AddRow(name);
            shape = name;
            table.AddRow(
                $"{(row.Chosen ? '*' : ' ')} {row.Variant}",
                row.Fault is not null ? "wrong" : Text(row.Ms, "0.0000"),
                Text(row.Tflops, "0.0"),
                Text(row.PeakFraction, "0.0 %"),
                Invariant($"{row.Registers}"),
                Invariant($"{row.LocalBytes}"),
                Text(row.CompileMs, "0"));
        }

        _console.Output.WriteLine(result.Device);
        _console.Write(table);
        _console.Output.WriteLine(result.Tuning.Count > 0 ? "*: what the planner takes, by measured time" : "*: what the planner takes");
        foreach ((string name, double tflops) in result.PeakTflops)
            _console.Output.WriteLine(Invariant($"peak of {name}: {tflops:0.0} TFLOP/s, on registers only"));
    }

    private static string Text(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "";
}
