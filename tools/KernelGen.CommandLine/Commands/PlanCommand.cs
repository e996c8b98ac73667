using System.CommandLine;
using System.Text.Json;
using KernelGen.CommandLine.Classes;
using KernelGen.CommandLine.Plans;
using KernelGen.Kernels;
using KernelGen.Planning;
using KernelGen.Tensors;

namespace KernelGen.CommandLine.Commands;

/// <summary>Plans a call without running it. Needs neither a device nor tensors.</summary>
public sealed class PlanCommand : Command
{
    private readonly CommandConsole _console;
    private readonly IClassSource _classes;
    private readonly PlanOptions _plan;
    private readonly Option<ElementType> _elementType = CommandOptions.ElementTypeOption();
    private readonly Option<int> _batch = CommandOptions.Positive("--batch", "Batch items, after doubling for classifier-free guidance", 1);
    private readonly Option<int> _heads = CommandOptions.Positive("--heads", "Query heads of a batch item", 8);
    private readonly Option<int?> _keyValueHeads =
        CommandOptions.PositiveOrNull("--kv-heads", "Key/value heads; as many as heads by default");
    private readonly Option<int> _queries = CommandOptions.Positive("--queries", "Query rows", 4096);
    private readonly Option<int?> _keys = CommandOptions.PositiveOrNull("--keys", "Key rows; as many as query rows by default");
    private readonly Option<int> _headDim = CommandOptions.Positive("--head-dim", "Elements of a row", 64);
    private readonly Option<bool> _causal = CommandOptions.Causal();
    private readonly Option<bool> _captureMap = new("--capture-map") { Description = "The attention map is wanted" };
    private readonly Option<bool> _masked = new("--masked") { Description = "The call has a Boolean or additive mask" };
    private readonly Option<long?> _freeBytes =
        CommandOptions.Bytes("--free-bytes", "Free memory: bytes, or a number with KiB, MiB or GiB");
    private readonly Option<long?> _reserveBytes = CommandOptions.ReserveBytes();
    private readonly Option<long?> _totalBytes = CommandOptions.Bytes(
        "--total-ram-bytes", "Memory of the machine, which some presets look at; the free memory by default");
    private readonly Option<int?> _threads =
        CommandOptions.PositiveOrNull("--threads", "CPU threads to plan for; those of this machine by default");
    private readonly Option<KernelTarget> _target = CommandOptions.Choice(
        "--target", "The machine to plan for [default: cpu]",
        ("cpu", KernelTarget.Cpu), ("simt", KernelTarget.Simt), ("sm80", KernelTarget.Sm80));

    private readonly Option<bool> _explain = new("--explain")
    {
        Description = "Write every variant considered, and why it was taken or left, to standard error",
    };

    private readonly Option<bool> _json = CommandOptions.Json();

    /// <summary>Makes the command.</summary>
    /// <param name="console">Where it writes.</param>
    /// <param name="classes">Where it finds the annotated classes.</param>
    public PlanCommand(CommandConsole console, IClassSource classes)
        : base("plan", "Plan a call: which kernel, in which slices, with how much memory. Needs no device")
    {
        _console = console;
        _classes = classes;
        classes.AddTo(this);
        _freeBytes.Required = true;
        _plan = new(this);
        Option[] options =
        [
            _elementType, _batch, _heads, _keyValueHeads, _queries, _keys, _headDim, _causal, _captureMap, _masked,
            _freeBytes, _reserveBytes, _totalBytes, _threads, _target, _explain, _json,
        ];
        foreach (Option option in options)
            Options.Add(option);
        SetAction(Run);
    }

    private int Run(ParseResult parsed)
    {
        ElementType elementType = parsed.GetValue(_elementType);
        KernelCatalogue kernels = _classes.Read(parsed).KernelsFor(parsed.GetValue(_headDim), elementType);
        AttentionShape shape = ShapeOf(parsed);
        KernelTarget target = parsed.GetValue(_target);
        KernelVariant[] variants = [.. kernels.For(elementType, shape.HeadDim).ToArray().Where(variant => Runs(target, variant.Target))];
        long freeBytes = parsed.GetValue(_freeBytes)!.Value;
        MemoryBudget budget = new(freeBytes, parsed.GetValue(_reserveBytes) ?? 0, "given by the caller");
        DeviceProfile device = PlanningTarget.Profile(
            target, parsed.GetValue(_threads) ?? Environment.ProcessorCount, parsed.GetValue(_totalBytes) ?? freeBytes);
        PlanningOptions options = _plan.Read(parsed, parsed.GetValue(_causal), parsed.GetValue(_captureMap), parsed.GetValue(_masked));

        SlicePlan plan = PlanFaults.Translate(() => SlicePlanner.Plan(shape, elementType, variants, device, budget, options));
        int largestLength = SlicePlanner.LargestLength(shape, elementType, variants, device, budget, options);
        if (parsed.GetValue(_explain))
            _console.Error.WriteLine(plan.Explain());
        if (parsed.GetValue(_json))
            _console.Output.WriteLine(JsonSerializer.Serialize(new PlanJson(plan, largestLength), ClassesJson.Default.PlanJson));
        else
            Report(plan, largestLength);
        return ExitCode.Done;
    }

    // A GPU with tensor cores runs what any GPU runs, too.
    private static bool Runs(KernelTarget machine, KernelTarget kernel) =>
        kernel == machine || (machine == KernelTarget.Sm80 && kernel == KernelTarget.Simt);

    private AttentionShape ShapeOf(ParseResult parsed)
    {
        int batch = parsed.GetValue(_batch);
        int heads = parsed.GetValue(_heads);
        int keyValueHeads = parsed.GetValue(_keyValueHeads) ?? heads;
        int queries = parsed.GetValue(_queries);
        int headDim = parsed.GetValue(_headDim);
        if (heads % keyValueHeads != 0)
            throw new InputException(Invariant($"--kv-heads is {keyValueHeads}; it must divide --heads, which is {heads}."));
        if ((long)batch * heads > int.MaxValue)
            throw new InputException(Invariant($"--batch x --heads is {(long)batch * heads}; it must stay below 2^31."));
        return new(batch, heads, queries, parsed.GetValue(_keys) ?? queries, headDim, keyValueHeads);
    }

    private void Report(SlicePlan plan, int largestLength)
    {
        TextWriter output = _console.Output;
        PolicyDecision decision = plan.Decision;
        output.WriteLine($"shape      {plan.Shape}, {plan.ElementType.ShortName()}");
        string cut = decision.Axis == SliceAxis.None ? "one slice" : Invariant($"{decision.Steps} steps along {decision.Axis.Name()}");
        string factors = Invariant($"modifier {decision.Modifier:0.##}, safety factor {decision.SafetyFactor:0.##}");
        output.WriteLine($"policy     {plan.Policy}: {cut}, counts {ByteText.Format(decision.RequiredBytes)} ({factors})");
        output.WriteLine($"variant    {plan.Variant.Id}");
        output.WriteLine(Invariant(
            $"slices     {plan.SliceCount} of at most {plan.HeadsPerSlice} heads x {plan.RowsPerSlice} rows x {plan.KeysPerSlice} keys"));
        string verdict = plan.FitsBudget ? "" : ", MORE THAN THERE IS: this preset guesses";
        output.WriteLine($"workspace  {ByteText.Format(plan.WorkspaceBytes)} of {ByteText.Format(plan.Budget.FreeBytes)} free{verdict}");
        output.WriteLine(
            Invariant($"largest    {largestLength} query rows fit with this batch, heads, dtype and memory, when the ")
                + "tensors grow or shrink with them");
    }
}
