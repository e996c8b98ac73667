using System.Text.Json;
using KernelGen.CommandLine.Classes;
using KernelGen.CommandLine.Plans;
using KernelGen.Execution;
using KernelGen.Kernels;
using KernelGen.Planning;
using KernelGen.Reference;
using KernelGen.Reference.Safetensors;
using KernelGen.Tensors;
using KernelGen.Tuning;

namespace KernelGen.Samples.Commands;

/// <summary>Plans and runs one call of <c>attend</c>, writes its tensors and reports.</summary>
internal sealed class AttendRun(CommandConsole console, AttentionHost host, AttendRequest request)
{
    private const int CheckedRows = 256;

    /// <summary>Does it for an element type.</summary>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public int Execute<T>()
        where T : unmanaged
    {
        AttentionInput input = request.Input;
        AttentionShape shape = input.Shape;
        ISliceAttention attention = input.Model.Create(host);

        // Tensors are read before anything is planned: what they take is then no more counted as free.
        ReadOnlySpan<T> query = input.Query.AsSpan<T>();
        ReadOnlySpan<T> key = input.Key.AsSpan<T>();
        ReadOnlySpan<T> value = input.Value.AsSpan<T>();
        T[] output = new T[query.Length];
        float[] map = request.CaptureMap ? new float[Elements("map", shape.ScoreElements)] : [];
        float[] logSumExp = request.LogSumExp ? new float[Elements("lse", (long)shape.TotalHeads * shape.Queries)] : [];
        SlicePlan plan = PlanFaults.Translate(() => request.Tune ? Tune<T>(attention) : attention.Plan<T>(shape, request.Planning));
        AttentionOptions options = new()
        {
            Scale = request.Scale,
            Causal = request.Causal,
            Mask = input.Mask,
            Layout = input.Layout,
            KeyStrides = input.KeyValueStrides,
            ValueStrides = input.KeyValueStrides,
            Map = map,
            LogSumExp = logSumExp,
            CheckFinite = true,
            Progress = console.ErrorIsTerminal ? new SliceProgress(console) : null,
            CancellationToken = console.CancellationToken,
        };

        NoteExperimentalKernels();
        RunReport report = attention.Run(plan, query, key, value, output, options);
        console.Progress("");

        SampledCheck? check = request.Check ? SampledCheck.Compare(shape, query, key, value, output, options, CheckedRows) : null;
        SafetensorsWriter writer = request.Writer;
        writer.Add<T>("out", [.. input.Query.Shape], output);
        // Tensors without an axis of heads get results without one.
        long[] rows = input.Query.Shape.Count == 4 ? [shape.Batch, shape.Heads, shape.Queries] : [shape.Batch, shape.Queries];
        if (request.CaptureMap)
            writer.Add<float>("map", [.. rows, shape.Keys], map);
        if (request.LogSumExp)
            writer.Add<float>("lse", rows, logSumExp);
        writer.AddMetadata("variant", plan.Variant.Id);
        writer.AddMetadata("scale", Invariant($"{(request.Scale ?? 1 / Math.Sqrt(shape.HeadDim)):R}"));
        writer.AddMetadata("causal", request.Causal ? "true" : "false");
        writer.Commit();

        Report(report, check);
        if (report.NonFiniteRows > 0)
            console.Error.WriteLine(Invariant($"warning: {report.NonFiniteRows} output rows hold NaN or infinity."));
        if (check is { Passed: false } failed)
        {
            console.Error.WriteLine(
                Invariant($"error: the relative error {failed.RelativeError:0.0e+0} of {failed.Rows} sampled rows is above the bound ")
                    + Invariant($"{failed.Bound:0.0e+0}."));
            return ExitCode.Failed;
        }

        return ExitCode.Done;
    }

    private SlicePlan Tune<T>(ISliceAttention attention)
        where T : unmanaged
    {
        WarmupReport report = attention.Warmup<T>(request.Input.Shape, request.Planning, tune: true, console.CancellationToken);
        if (report.NotTuned is { } reason)
            console.Error.WriteLine($"not tuned: {reason}");
        foreach (KernelTiming timing in report.Timings)
        {
            string time = timing.Measured is { } measured ? Invariant($"{measured.TotalMilliseconds:0.0000} ms") : timing.Fault!;
            console.Error.WriteLine(
                Invariant($"tuned: {timing.Variant.Id}: {time}, predicted {timing.Predicted.TotalMilliseconds:0.0000} ms"));
        }

        return report.Plan;
    }

    private void NoteExperimentalKernels()
    {
        ReadOnlySpan<KernelVariant> variants = request.Input.Model.Kernels.For(request.Input.ElementType, request.Input.Shape.HeadDim);
        if (SwitchedOffKernels.Among(variants.ToArray(), host) is { } off)
        {
            console.Error.WriteLine(
                Invariant($"note: {off.Count} experimental kernels for this device are switched off; ")
                    + Invariant($"{CommandOptions.ExperimentalOption(off.Kernels)} lets the planner take them"));
        }
    }

    private void Report(RunReport report, SampledCheck? check)
    {
        SlicePlan plan = report.Plan;
        if (request.Json)
        {
            AttendJson json = new(plan, LargestLength(plan), report, host.Device.Name, check);
            console.Output.WriteLine(JsonSerializer.Serialize(json, SampleJson.Default.AttendJson));
            return;
        }

        double gigaflops = plan.Shape.FloatingPointOperations * (request.Causal ? 0.5 : 1) / report.Elapsed.TotalSeconds / 1e9;
        TextWriter output = console.Output;
        output.WriteLine($"output     {request.OutputPath}");
        output.WriteLine($"shape      {plan.Shape}, {plan.ElementType.ShortName()}");
        output.WriteLine($"device     {host.DeviceChoice}");
        output.WriteLine($"variant    {plan.Variant.Id} (policy {plan.Policy})");
        output.WriteLine(Invariant(
            $"slices     {report.Slices} of at most {plan.HeadsPerSlice} heads x {plan.RowsPerSlice} rows x {plan.KeysPerSlice} keys"));
        string free = $"{ByteText.Format(plan.Budget.FreeBytes)} free: {plan.Budget.Source}";
        string scores = ByteText.Format(plan.Shape.ScoreElements * plan.ElementType.SizeInBytes());
        output.WriteLine($"workspace  {ByteText.Format(report.WorkspaceBytes)} ({free}); a full score matrix is {scores}");
        output.WriteLine(
            Invariant($"time       {report.Elapsed.TotalMilliseconds:0.0} ms, {gigaflops:0.0} GFLOP/s")
                + " (a first call, compilation included; 'bench' times the next ones)");
        if (check is { } done)
        {
            output.WriteLine(Invariant(
                $"check      relative error {done.RelativeError:0.0e+0} over {done.Rows} sampled rows (bound {done.Bound:0.0e+0})"));
        }
    }

    private int LargestLength(SlicePlan plan)
    {
        ReadOnlySpan<KernelVariant> all = request.Input.Model.Kernels.For(plan.ElementType, plan.Shape.HeadDim);
        ReadOnlyMemory<KernelVariant> variants = host.VariantsFor(request.Input.Model.Kernels, plan.ElementType, plan.Shape.HeadDim);
        return SlicePlanner.LargestLength(plan.Shape, plan.ElementType, variants, host.Device.Profile, plan.Budget, request.Planning);
    }

    private static int Elements(string name, long elements) => elements <= Array.MaxLength
        ? (int)elements
        : throw new InputException(
            Invariant($"'{name}' would have {elements} elements, more than the {Array.MaxLength} that one call can give. ")
                + "Run fewer heads or queries at a time.");

    private sealed class SliceProgress(CommandConsole console) : IProgress<AttentionProgress>
    {
        public void Report(AttentionProgress value) =>
            console.Progress(Invariant($"slice {value.SlicesDone} of {value.SliceCount}"));
    }
}
