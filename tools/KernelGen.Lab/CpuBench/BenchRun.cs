using System.Diagnostics;
using KernelGen.CommandLine.Classes;
using KernelGen.Cpu;
using KernelGen.Execution;
using KernelGen.Kernels;
using KernelGen.Lab.Measuring;
using KernelGen.Planning;
using KernelGen.Reference;
using KernelGen.Tensors;

namespace KernelGen.Lab.CpuBench;

/// <summary>Measures one shape: peak, kernel and baseline in turn, so that a change of the machine's speed meets all of them.</summary>
/// <param name="classes">The classes whose kernels are measured.</param>
/// <param name="host">A host on the CPU.</param>
/// <param name="planning">Policy, family and slice size.</param>
/// <param name="withBaselines">Measure the baselines too.</param>
internal sealed class BenchRun(IModelClasses classes, AttentionHost host, CpuDevice device, PlanningOptions planning, bool withBaselines)
{
    private static readonly TimeSpan PeakTime = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan CallsTime = TimeSpan.FromMilliseconds(60);
    private static readonly TimeSpan ShapeTime = TimeSpan.FromSeconds(4);
    private const int MostRounds = 15;
    private const int FewestRounds = 3;

    /// <summary>Measures.</summary>
    /// <param name="cancellationToken">Stops between rounds.</param>
    public BenchRow Measure<T>(BenchShape shape, CancellationToken cancellationToken)
        where T : unmanaged
    {
        AttentionShape sizes = shape.Shape;
        ElementType elementType = ElementTypeExtensions.Of<T>();
        KernelCatalogue kernels = classes.KernelsFor(sizes.HeadDim, elementType);
        SlicePlan plan = host.Plan<T>(kernels, sizes, planning);
        T[] query = RandomTensors.Normal<T>(sizes.QueryElements, 1);
        T[] key = RandomTensors.Normal<T>(sizes.KeyElements, 2);
        T[] value = RandomTensors.Normal<T>(sizes.KeyElements, 3);
        T[] output = new T[sizes.QueryElements];
        AttentionOptions options = new() { Causal = planning.Causal, CancellationToken = cancellationToken };

        RunReport report = host.Run<T>(plan, query, key, value, output, options);
        host.Run<T>(plan, query, key, value, output, options);
        Dictionary<string, double> baselines = [];
        if (withBaselines && !planning.Causal)
            baselines[DoggettxBaseline.Name] = 1e3 * DoggettxBaseline.Seconds(sizes, query, key, value, device.Profile.Workers);

        double work = AttentionWork.Operations(sizes, planning.Causal);
        List<double> seconds = [], peaks = [], fractions = [];
        long begin = Stopwatch.GetTimestamp();
        while (seconds.Count < FewestRounds || (seconds.Count < MostRounds && Stopwatch.GetElapsedTime(begin) < ShapeTime))
        {
            cancellationToken.ThrowIfCancellationRequested();
            double before = Peak();
            double call = SecondsOfACall(() => host.Run<T>(plan, query, key, value, output, options));
            double peak = (before + Peak()) / 2;
            seconds.Add(call);
            peaks.Add(peak);
            fractions.Add(work / call / peak);
        }

        double median = Medians.Of(seconds);
        return new(
            shape.Name, sizes.HeadDim, elementType.ShortName(), sizes.Batch, sizes.Heads, sizes.Queries, sizes.Keys, planning.Causal,
            device.Profile.Workers, plan.Variant.Id, plan.SliceCount, report.WorkspaceBytes,
            1e3 * median, work / median / 1e9, Medians.Of(peaks) / 1e9, Medians.Of(fractions), baselines);
    }

    private static double SecondsOfACall(Action call)
    {
        int calls = 0;
        long begin = Stopwatch.GetTimestamp();
        do
        {
            call();
            calls++;
        }
        while (Stopwatch.GetElapsedTime(begin) < CallsTime);
        return Stopwatch.GetElapsedTime(begin).TotalSeconds / calls;
    }

    private double Peak() => PeakLoop.Measure(device.VectorPath, device.Profile.Workers, PeakTime);
}
