using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using KernelGen.CommandLine.Classes;
using KernelGen.Cpu;
using KernelGen.Files;
using KernelGen.Lab.CpuPeers;
using KernelGen.Tensors;
using Spectre.Console;

namespace KernelGen.Lab.Commands;

/// <summary>Times kernels on the CPU against other libraries, in turn and in one process.</summary>
public sealed class PeersBenchCommand : Command
{
    private readonly CommandConsole _console;
    private readonly IModelClasses _classes;
    private readonly IReadOnlyList<IPeer> _known;

    private readonly Option<string[]> _peers = new("--peers")
    {
        Description = "Compare with all libraries, or with those that are named; without it KernelGen is measured alone",
        HelpName = "NAME,...",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<string[]> _shapes = new("--shapes")
    {
        Description = $"Calls by name ({string.Join(", ", ComparedShapes.All.Select(shape => shape.Name))}; all by default), separated by "
            + $"commas, or one as {ComparedShapes.Form}; may be repeated",
        HelpName = "NAME,...|B,H,Lq,Lk,D",
    };

    private readonly Option<string[]> _elementTypes =
        CommandOptions.Names("--dtype", "Element types: f32, f16, bf16; all three by default");

    private readonly Option<string[]> _threads = CommandOptions.Names("--threads", "Numbers of threads [default: 1,2]");
    private readonly Option<CpuVectorPath> _path = CommandOptions.VectorPath();
    private readonly Option<int> _seconds = CommandOptions.Positive("--seconds", "About how long a call is measured", 4);
    private readonly Option<bool> _json = CommandOptions.Json();

    private readonly Option<string?> _output = new("--output")
    {
        Description = "Write the JSON of what was measured so far to this file after every call; it is whole at any time",
        HelpName = "FILE",
    };

    private readonly Option<string[]> _from = CommandOptions.Names(
        "--from", "Measure nothing: take the rows of these files that --output wrote on one machine, the last where several have a row");

    private readonly Option<string?> _markdown = new("--markdown")
    {
        Description = "Write tables for people into this file, in place of those of the same processor",
        HelpName = "FILE",
    };

    /// <summary>Makes the command.</summary>
    /// <param name="console">Where results and progress go.</param>
    /// <param name="classes">The classes whose kernels are measured.</param>
    /// <param name="peers">What they can be compared with.</param>
    public PeersBenchCommand(CommandConsole console, IModelClasses classes, IReadOnlyList<IPeer> peers)
        : base("bench", "Time attention on the CPU, in turn with other libraries: ratios of medians, errors, memory")
    {
        (_console, _classes, _known) = (console, classes, [.. peers, new TensorPrimitivesPeer()]);
        Option[] options = [_peers, _shapes, _elementTypes, _threads, _path, _seconds, _json, _output, _from, _markdown];
        foreach (Option option in options)
            Options.Add(option);
        SetAction(Run);
    }

    private int Run(ParseResult parsed)
    {
        ComparisonReport report = parsed.GetValue(_from) is { Length: > 0 } files ? Merge(files) : Measure(parsed);
        if (parsed.GetValue(_markdown) is { } markdown)
        {
            string text = File.Exists(markdown) ? File.ReadAllText(markdown) : "";
            WriteWhole(markdown, ComparisonMarkdown.Put(text, report));
        }

        if (parsed.GetValue(_json))
            _console.Output.WriteLine(JsonSerializer.Serialize(report, ComparisonJson.Default.ComparisonReport));
        else
            WriteTable(report);
        return report.Rows.All(row => row.IsRight) ? ExitCode.Done : ExitCode.Failed;
    }

    private ComparisonReport Measure(ParseResult parsed)
    {
        CpuVectorPath path = CpuCapabilities.Resolve(parsed.GetValue(_path));
        IPeer[] peers = Peers(parsed);
        (ComparedShape Shape, ElementType ElementType, int Threads)[] calls = Calls(parsed);
        Comparison comparison = new(
            (call, threads) => KernelGenContender.Create(
                _classes, call, new() { Device = DeviceKind.Cpu, Threads = threads, VectorPath = path }),
            peers, path, TimeSpan.FromSeconds(parsed.GetValue(_seconds)));
        ComparisonReport report = new(
            Processor.Description, CpuCapabilities.NameOf(path), Environment.ProcessorCount,
            Invariant($"{DateTime.UtcNow:yyyy-MM-dd}"), Environment.Version.ToString(), ProductVersion.Text,
            peers.DistinctBy(peer => peer.Library).ToDictionary(peer => peer.Library, peer => peer.Version), []);
        foreach ((ComparedShape shape, ElementType elementType, int threads) in calls)
        {
            _console.ShowProgress(report.Rows.Count, calls.Length, $"{shape.Name}, {elementType.ShortName()}, threads: {threads}");
            ComparedRow row = comparison.Measure(shape, elementType, threads, _console.CancellationToken);
            report = report with { Rows = [.. report.Rows, row] };
            if (parsed.GetValue(_output) is { } output)
                WriteWhole(output, JsonSerializer.Serialize(report, ComparisonJson.Default.ComparisonReport));
        }

        _console.Progress("");
        return report;
    }

    private IPeer[] Peers(ParseResult parsed)
    {
        if (parsed.GetResult(_peers) is null or { Implicit: true })
            return [];

        string[] names =
        [
            .. parsed.GetValue(_peers)!.SelectMany(
                text => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)),
        ];
        string? unknown = names.FirstOrDefault(name => !_known.Any(peer => IsNamed(peer, name)));
        if (unknown is not null)
        {
            IEnumerable<string> libraries = _known.Select(peer => peer.Library).Distinct();
            throw new InputException($"There is no peer '{unknown}'; there are the libraries {string.Join(", ", libraries)}, with "
                + $"{string.Join(", ", _known.Select(peer => peer.Name))}.");
        }

        return [.. _known.Where(peer => names.Length == 0 || names.Any(name => IsNamed(peer, name)))];

        static bool IsNamed(IPeer peer, string name) => peer.Name == name || peer.Library == name;
    }

    private (ComparedShape Shape, ElementType ElementType, int Threads)[] Calls(ParseResult parsed)
    {
        IEnumerable<ComparedShape> shapes = parsed.GetValue(_shapes) is { Length: > 0 } given
            ? given.SelectMany(ComparedShapes.Parse)
            : ComparedShapes.All;
        ElementType[] elementTypes = parsed.GetValue(_elementTypes) is { Length: > 0 } names
            ? [.. names.Select(ElementTypeOf)]
            : [ElementType.Float32, ElementType.Float16, ElementType.BFloat16];
        int[] threads = parsed.GetValue(_threads) is { Length: > 0 } counts ? [.. counts.Select(ThreadsOf)] : [1, 2];
        return
        [
            .. from elementType in elementTypes
               from count in threads
               from shape in shapes
               select (shape, elementType, count),
        ];
    }

    private static ElementType ElementTypeOf(string name)
    {
        foreach (ElementType elementType in Enum.GetValues<ElementType>())
        {
            if (elementType.ShortName() == name)
                return elementType;
        }

        throw new InputException($"--dtype is '{name}'; it must be f32, f16 or bf16.");
    }

    private static int ThreadsOf(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count is >= 1 and <= CpuDevice.MaxThreads
            ? count
            : throw new InputException(Invariant($"--threads is '{text}'; it must be a whole number from 1 to {CpuDevice.MaxThreads}."));

    private static ComparisonReport Merge(string[] files)
    {
        ComparisonReport? merged = null;
        Dictionary<(string, string, int), ComparedRow> rows = [];
        foreach (string file in files)
        {
            ComparisonReport report = Read(file);
            if (merged is not null && ComparisonMarkdown.TitleOf(report) != ComparisonMarkdown.TitleOf(merged))
                throw new InputException($"'{file}' was measured on another machine than '{files[0]}'.");

            merged = report;
            foreach (ComparedRow row in report.Rows)
                rows[(row.Name, row.Dtype, row.Threads)] = row;
        }

        return merged! with { Rows = [.. rows.Values] };
    }

    private static ComparisonReport Read(string file)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(file), ComparisonJson.Default.ComparisonReport)
                ?? throw new InputException($"'{file}' is not what --output writes.");
        }
        catch (JsonException fault)
        {
            throw new InputException($"'{file}' is not what --output writes: {fault.Message}");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"'{file}' cannot be read: {fault.Message}");
        }
    }

    private static void WriteWhole(string file, string text)
    {
        try
        {
            TemporaryFile.Write(file, Encoding.UTF8.GetBytes(text.EndsWith('\n') ? text : text + "\n"));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"'{file}' cannot be written: {fault.Message}");
        }
    }

    private void WriteTable(ComparisonReport report)
    {
        Table table = new Table().Border(TableBorder.Simple);
        table.AddColumn(new TableColumn("call").NoWrap().PadLeft(0).PadRight(0));
        foreach (string heading in (string[])["type", "threads", "ms", "of peak", "of read", "ratio", "fastest peer", "error", "peer's"])
            table.AddColumn(new TableColumn(heading).NoWrap().RightAligned().PadLeft(1).PadRight(0));
        foreach (ComparedRow row in report.Rows)
        {
            table.AddRow(
                row.Name,
                row.Dtype,
                Invariant($"{row.Threads}"),
                Cell(row.Ms, "G4"),
                row.ReadFraction is null ? Cell(row.PeakFraction, "0 %") : "",
                Cell(row.ReadFraction, "0 %"),
                Cell(row.Ratio, "0.00"),
                row.Peer ?? "",
                Cell(row.Error, "0.0e-0") + (row.IsRight ? "" : " (wrong)"),
                Cell(row.PeerError, "0.0e-0"));
        }

        _console.Output.WriteLine($"{report.Processor}, {report.VectorPath}");
        _console.Write(table);
        _console.Output.WriteLine("ratio: the fastest peer's median by ours, above 1 we are faster; on one thread of processor time.");
        _console.Output.WriteLine("of read: of a streaming read of keys and values, in turn. error: relative, against float64.");
    }

    private static string Cell(double? number, string format) => number?.ToString(format, CultureInfo.InvariantCulture) ?? "";
}
