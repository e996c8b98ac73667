using KernelGen.Kernels;
using KernelGen.Planning;
using KernelGen.Tensors;
using Microsoft.Extensions.Logging;

namespace KernelGen.Tuning;

/// <summary>Times the variants that the cost model takes for the best, on tensors of the call's size.</summary>
internal sealed class KernelTuner(ITunableDevice device, ILogger logger)
{
    /// <summary>Variants that are predicted to take longer than this many times the best are not timed.</summary>
    private const double WorthTiming = 4;

    /// <summary>
    /// Of a family and a target: predictions of different targets are the least comparable, so that none pushes the others out.
    /// </summary>
    private const int MostOfATarget = 3;

    private const int MostCandidates = 12;
    private const int Rounds = 5;
    private const int MostCallsOfASample = 20;
    private static readonly TimeSpan _sample = TimeSpan.FromMilliseconds(2);

    /// <summary>From this time of a call on, one sample is as good as several.</summary>
    private static readonly TimeSpan _longCall = TimeSpan.FromMilliseconds(100);

    /// <summary>Times, or says why not.</summary>
    /// <param name="request">The call, its variants, the device as predicted, memory and wishes.</param>
    /// <param name="measurements">What was measured.</param>
    /// <param name="cancellationToken">Stops between samples.</param>
    /// <returns>The variants that were timed, the fastest first, and why there are none.</returns>
    public (IReadOnlyList<KernelTiming> Timings, string? NotTuned) Time(
        in PlanRequest request, List<KernelMeasurement> measurements, CancellationToken cancellationToken)
    {
        AttentionShape shape = request.Shape;
        if (shape.Queries == 0 || shape.Keys == 0)
            return ([], "the call has no queries or no keys");

        int batch = FittingBatch(shape, request.ElementType, request.Budget.UsableBytes / 2);
        if (batch == 0)
        {
            long needed = WithBatch(shape, 1).TensorBytes(request.ElementType);
            return ([],
                $"the tensors of one batch item take {ByteSize.Text(needed)}, more than half of the "
                    + $"{ByteSize.Text(request.Budget.UsableBytes)} that may be used");
        }

        AttentionShape measured = WithBatch(shape, batch);
        SlicePlan[] plans = Candidates(request, measured);
        try
        {
            device.Warmup(plans.Select(plan => new SpecializedKernel(plan.Variant)), progress: null, cancellationToken);
        }
        catch (Exception fault) when (device.IsOfOneKernel(fault))
        {
            // It comes again, and is reported, when the turn of its variant comes.
        }

        List<KernelTiming> timings;
        try
        {
            using ITimedTensors tensors = device.AllocateTensors(measured, request.ElementType);
            timings = TimeAll(plans, tensors, request.Options.Causal, cancellationToken);
        }
        catch (Exception fault) when (device.IsOutOfMemory(fault))
        {
            return ([], $"there is no memory for the tensors: {fault.Message}");
        }

        foreach (KernelTiming timing in timings)
        {
            measurements.Add(
                new(timing.Variant, shape, request.Options.Causal, batch, timing.Measured?.TotalSeconds ?? double.PositiveInfinity));
            if (timing.Fault is not null)
                HostLog.NotTimed(logger, timing.Variant.Id, timing.Fault);
        }

        timings.Sort((one, other) => (one.Measured ?? TimeSpan.MaxValue).CompareTo(other.Measured ?? TimeSpan.MaxValue));
        return (timings, timings.Any(timing => timing.Measured is not null) ? null : "no variant could be run");
    }

    private List<KernelTiming> TimeAll(SlicePlan[] plans, ITimedTensors tensors, bool causal, CancellationToken cancellationToken)
    {
        string?[] faults = new string?[plans.Length];
        int[] calls = new int[plans.Length];
        List<double>[] samples = [.. plans.Select(_ => new List<double>())];

        // Round after round, so that a clock that changes meanwhile changes all times alike.
        for (int round = 0; round <= Rounds; round++)
        {
            for (int i = 0; i < plans.Length; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (faults[i] is not null || (samples[i].Count > 0 && samples[i][0] > _longCall.TotalSeconds))
                    continue;

                try
                {
                    if (round == 0)
                        calls[i] = CallsOfASample(tensors, plans[i], causal);
                    else
                        samples[i].Add(tensors.Time(plans[i], causal, calls[i]).TotalSeconds / calls[i]);
                }
                catch (Exception fault) when (device.IsOfOneKernel(fault))
                {
                    faults[i] = fault.Message;
                }
            }
        }

        return
        [
            .. plans.Select((plan, i) => new KernelTiming(
                plan.Variant, TimeSpan.FromSeconds(plan.PredictedSeconds), faults[i] is null
                    ? TimeSpan.FromSeconds(Median(samples[i]))
                    : null, faults[i])),
        ];
    }

    private static int CallsOfASample(ITimedTensors tensors, SlicePlan plan, bool causal)
    {
        // The first call loads the kernel and takes the workspace.
        tensors.Time(plan, causal, 1);
        double one = tensors.Time(plan, causal, 1).TotalSeconds;
        return (int)Math.Clamp(Math.Ceiling(_sample.TotalSeconds / Math.Max(one, 1e-9)), 1, MostCallsOfASample);
    }

    // A plan of each variant alone, the best predicted ones. What was measured before is not looked at.
    private static SlicePlan[] Candidates(PlanRequest request, AttentionShape shape)
    {
        DeviceProfile profile = request.Device with { Measurements = null };
        long free = Math.Max(request.Budget.FreeBytes - shape.TensorBytes(request.ElementType), 0);
        List<SlicePlan> plans = [];
        foreach (KernelVariant variant in request.Variants.Span)
        {
            if (!request.Allows(variant))
                continue;

            try
            {
                plans.Add(SlicePlanner.Plan(
                    shape, request.ElementType, new[] { variant }, profile, request.Budget with { FreeBytes = free },
                    request.Options with { Policy = "exact" }));
            }
            catch (AttentionMemoryException)
            {
                // It would not be planned with either.
            }
        }

        plans.Sort((one, other) => one.PredictedSeconds.CompareTo(other.PredictedSeconds));
        return
        [
            .. plans
                .TakeWhile(plan => plan.PredictedSeconds <= WorthTiming * plans[0].PredictedSeconds)
                .GroupBy(plan => (plan.Variant.Family, plan.Variant.Target))
                .SelectMany(group => group.Take(MostOfATarget))
                .OrderBy(plan => plan.PredictedSeconds)
                .Take(MostCandidates),
        ];
    }

    private static int FittingBatch(in AttentionShape shape, ElementType elementType, long bytes)
    {
        long item = WithBatch(shape, 1).TensorBytes(elementType);
        return (int)Math.Min(shape.Batch, bytes / item);
    }

    private static AttentionShape WithBatch(in AttentionShape shape, int batch) =>
        new(batch, shape.Heads, shape.Queries, shape.Keys, shape.HeadDim, shape.KeyValueHeads);

    private static double Median(List<double> values)
    {
        values.Sort();
        int middle = values.Count / 2;
        return values.Count % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }
}
