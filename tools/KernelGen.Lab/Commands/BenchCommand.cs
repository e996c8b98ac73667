using System.CommandLine;
using System.Text.Json;
using KernelGen.CommandLine.Classes;
using KernelGen.Cpu;
using KernelGen.Cuda;
using KernelGen.Lab.CpuBench;
using KernelGen.Lab.GpuBench;
using KernelGen.Planning;
using KernelGen.Tensors;
using Spectre.Console;

namespace KernelGen.Lab.Commands;

/// <summary>Times kernels against the machine's own limit, and against what one would write without them.</summary>
public sealed class BenchCommand : Command
{
    private readonly CommandConsole _console;
    private readonly IModelClasses _classes;
    private readonly HostOptions _host;
    private readonly PlanOptions _plan;
    private readonly Option<string[]> _shapes = new("--shapes")
    {
        Description =
            $"Sets of shapes ({string.Join(", ", BenchShapes.Sets.Keys)}), separated by commas, or one shape B,H,Lq,Lk,D; may be repeated",
        HelpName = "NAME,...|B,H,Lq,Lk,D",
        DefaultValueFactory = _ => ["sd15"],
    };

    private readonly Option<ElementType> _elementType = CommandOptions.ElementTypeOption();
    private readonly Option<bool> _causal = CommandOptions.Causal();
    private readonly Option<bool> _noBaselines = new("--no-baselines") { Description = "Measure the kernels only" };
    private readonly Option<bool> _json = CommandOptions.Json();
    private readonly CudaBench _cuda;

    /// <summary>Makes the command.</summary>
    /// <param name="console">Where results and progress go.</param>
    /// <param name="classes">The classes whose kernels are measured.</param>
    public BenchCommand(CommandConsole console, IModelClasses classes)
        : base("bench", "Time kernels, on the CPU against the multiply-add peak and other implementations, measured in the same run")
    {
        (_console, _classes) = (console, classes);
        Options.Add(_shapes);
        Options.Add(_elementType);
        Options.Add(_causal);
        Options.Add(_noBaselines);
        Options.Add(_json);
        _plan = new(this);
        _host = new(this);
        _cuda = new(this, console, classes);
        SetAction(Run);
    }

    private int Run(ParseResult parsed)
    {
        BenchShape[] shapes = [.. parsed.GetValue(_shapes)!.SelectMany(BenchShapes.Parse)];
        PlanningOptions planning = _plan.Read(parsed, parsed.GetValue(_causal), captureMap: false, masked: false);
        AttentionHostOptions hostOptions = _host.Read(parsed);
        using AttentionHost host = AttentionHost.CreateDefault(hostOptions);
        if (host.Device is CudaDevice)
        {
            bool given = parsed.GetResult(_shapes) is { Implicit: false };
            CudaBenchShape[]? chosen = given ? CudaBench.From(shapes, parsed.GetValue(_elementType), planning.Causal) : null;
            return _cuda.Run(parsed, hostOptions, planning, chosen, parsed.GetValue(_json));
        }

        if (_cuda.IsAskedFor(parsed))
            throw new InputException(
                $"An option was given that only GPUs have; the device is {host.Device.Name}. Use --device cuda, or leave it out.");

        return RunOnCpu(parsed, host, (CpuDevice)host.Device, planning, shapes);
    }

    private int RunOnCpu(ParseResult parsed, AttentionHost host, CpuDevice device, PlanningOptions planning, BenchShape[] shapes)
    {
        BenchRun run = new(
            _classes,
            host,
            device,
            planning,
            withBaselines: !parsed.GetValue(_noBaselines));
        List<BenchRow> rows = [];
        foreach (BenchShape shape in shapes)
        {
            _console.ShowProgress(rows.Count, shapes.Length, shape.Name);
            rows.Add(parsed.GetValue(_elementType) switch
            {
                ElementType.Float16 => run.Measure<Half>(shape, _console.CancellationToken),
                ElementType.BFloat16 => run.Measure<BFloat16>(shape, _console.CancellationToken),
                _ => run.Measure<float>(shape, _console.CancellationToken),
            });
        }

        _console.Progress("");
        BenchResult result = new($"{Processor.Description}: {device.Name}", rows.Max(row => row.PeakGflops), rows);
        if (parsed.GetValue(_json))
            _console.Output.WriteLine(JsonSerializer.Serialize(result, CpuBenchJson.Default.BenchResult));
        else
            WriteTable(result);
        return ExitCode.Done;
    }

    private void WriteTable(BenchResult result)
    {
        Table table = new Table().Border(TableBorder.Simple);
        foreach (string heading in (string[])["shape", "kernel"])
            table.AddColumn(new TableColumn(heading).NoWrap().PadLeft(0).PadRight(0));
        foreach (string heading in (string[])["slices", "ms", "GFLOP/s", "of peak", "baseline"])
            table.AddColumn(new TableColumn(heading).NoWrap().RightAligned().PadLeft(1).PadRight(0));
        foreach (BenchRow row in result.Rows)
        {
            table.AddRow(
                row.Name,
                row.Variant,
                Invariant($"{row.SliceCount}"),
                Invariant($"{row.Ms:0.00}"),
                Invariant($"{row.Gflops:0}"),
                Invariant($"{row.PeakFraction:0.0 %}"),
                row.Baselines.Count == 0
                    ? ""
                    : Invariant($"{row.Baselines.Values.Min() / row.Ms:0.0}x slower"));
        }

        _console.Output.WriteLine(result.Machine);
        _console.Write(table);
        _console.Output.WriteLine("of peak: of the multiply-adds that as many threads did in registers only, between the calls. Medians.");
        _console.Output.WriteLine("baseline: the Doggettx slicing loop on System.Numerics.Tensors.TensorPrimitives, with as many threads.");
    }
}
