using System.CommandLine;
using KernelGen.Reference.Safetensors;
using KernelGen.Tensors;

namespace KernelGen.Samples.Commands;

/// <summary>Runs attention on the tensors of a safetensors file and writes the result to another.</summary>
internal sealed class AttendCommand : Command
{
    private readonly CommandConsole _console;
    private readonly Argument<string> _input = new("IN")
    {
        Description = "Safetensors file with 'q', 'k', 'v' and, if wanted, 'mask' (BOOL: true = attend, or a number to add)",
    };

    private readonly Argument<string> _output = new("OUT") { Description = "Safetensors file that receives 'out', of the same dtype" };
    private readonly HostOptions _host;
    private readonly PlanOptions _plan;
    private readonly Option<bool> _causal = CommandOptions.Causal();
    private readonly Option<float?> _scale =
        CommandOptions.Finite("--scale", "Factor of the scores; by default the file's metadata, else 1 / sqrt(head dim)");
    private readonly Option<AttentionLayout> _layout = CommandOptions.Choice(
        "--layout", "Order of the axes of q, k, v and out [default: bhld]",
        ("bhld", AttentionLayout.BatchHeadsRows), ("blhd", AttentionLayout.BatchRowsHeads));

    private readonly Option<bool> _captureMap = new("--capture-map")
    {
        Description = "Also write 'map', the attention probabilities, F32 [batch, heads, queries, keys]",
    };

    private readonly Option<bool> _logSumExp = new("--lse")
    {
        Description = "Also write 'lse', the log-sum-exp of each row's scores, F32 [batch, heads, queries]",
    };

    private readonly Option<bool> _check = new("--check") { Description = "Compare sampled rows with a float64 reference" };
    private readonly Option<bool> _tune = new("--tune")
    {
        Description = "On a GPU: time the best predicted kernels first, run the fastest, and remember it for calls of this kind",
    };

    private readonly Option<bool> _json = CommandOptions.Json();

    public AttendCommand(CommandConsole console)
        : base("attend", "Run attention on a safetensors file")
    {
        _console = console;
        Arguments.Add(_input);
        Arguments.Add(_output);
        _host = new(this);
        _plan = new(this);
        foreach (Option option in (Option[])[_causal, _scale, _layout, _captureMap, _logSumExp, _check, _tune, _json])
            Options.Add(option);
        SetAction(Run);
    }

    private int Run(ParseResult parsed)
    {
        string inputPath = parsed.GetRequiredValue(_input);
        string outputPath = parsed.GetRequiredValue(_output);
        using SafetensorsFile file = SafetensorsFile.Open(inputPath);
        using SafetensorsWriter writer = SafetensorsWriter.Create(outputPath);
        if (writer.Replaces(inputPath))
            throw new InputException($"{outputPath}: the output is the input; give it another name.");

        AttentionInput input = AttentionInput.Read(file, parsed.GetValue(_layout));
        bool causal = parsed.GetResult(_causal) is { Implicit: false } ? parsed.GetValue(_causal) : input.Causal;
        AttendRequest request = new(
            input, outputPath, writer, _plan.Read(parsed, causal, parsed.GetValue(_captureMap), masked: input.Mask is not null),
            parsed.GetValue(_scale) ?? input.Scale, causal,
            parsed.GetValue(_captureMap), parsed.GetValue(_logSumExp), parsed.GetValue(_check),
            parsed.GetValue(_tune), parsed.GetValue(_json));
        using AttentionHost host = _host.CreateHost(parsed, _console);
        AttendRun run = new(_console, host, request);
        return input.ElementType switch
        {
            ElementType.Float16 => run.Execute<Half>(),
            ElementType.BFloat16 => run.Execute<BFloat16>(),
            _ => run.Execute<float>(),
        };
    }
}
