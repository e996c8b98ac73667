using System.Diagnostics;
using KernelGen.Cuda;
using KernelGen.Lab.Measuring;

namespace KernelGen.Lab.GpuBench;

/// <summary>Times launches on a GPU: warm-up, then the median over samples of a few calls each, between two events.</summary>
/// <param name="device">The GPU.</param>
/// <param name="stream">Where the calls are launched.</param>
/// <param name="probes">Keeps the GPU waiting while calls are queued.</param>
internal sealed class CudaStopwatch(CudaDevice device, CudaStream stream, CudaProbes probes) : IDisposable
{
    private const double SampleMilliseconds = 1;
    private const int MostCallsOfASample = 50;
    private const int FewestSamples = 5;
    private const int MostSamples = 25;
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(50);

    private readonly CudaEvent _first = device.CreateEvent();
    private readonly CudaEvent _last = device.CreateEvent();
    private int _turn;

    /// <summary>The median time of a call, in milliseconds.</summary>
    /// <param name="call">Launches a call on one of the sets of tensors.</param>
    /// <param name="sets">Sets of tensors; calls go round them, so that a set has left the cache before its turn comes again.</param>
    /// <param name="time">When this time is over no more samples are taken than the fewest.</param>
    /// <param name="cancellationToken">Stops between samples.</param>
    public double MedianMilliseconds(Action<int> call, int sets, TimeSpan time, CancellationToken cancellationToken)
    {
        Calls(call, sets, Math.Min(3, sets));
        stream.Synchronize();
        long begin = Stopwatch.GetTimestamp();
        Calls(call, sets, 4);
        TimeSpan queuing = Stopwatch.GetElapsedTime(begin) / 4;
        double one = Sample(call, sets, 4, queuing);
        int count = Math.Clamp((int)Math.Ceiling(SampleMilliseconds / Math.Max(one, 1e-4)), 1, MostCallsOfASample);
        List<double> samples = [];
        begin = Stopwatch.GetTimestamp();
        while (samples.Count < FewestSamples || (samples.Count < MostSamples && Stopwatch.GetElapsedTime(begin) < time))
        {
            cancellationToken.ThrowIfCancellationRequested();
            samples.Add(Sample(call, sets, count, queuing));
        }

        return Medians.Of(samples);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _first.Dispose();
        _last.Dispose();
    }

    private double Sample(Action<int> call, int sets, int count, TimeSpan queuing)
    {
        // The GPU waits while the calls are queued: what is timed is their work, not the host's.
        TimeSpan wait = (2 * count * queuing) + TimeSpan.FromMilliseconds(0.1);
        probes.Wait(stream.Handle, wait < LongestWait ? wait : LongestWait);
        _first.Record(stream.Handle);
        Calls(call, sets, count);
        _last.Record(stream.Handle);
        return _last.ElapsedSince(_first).TotalMilliseconds / count;
    }

    private void Calls(Action<int> call, int sets, int count)
    {
        for (int i = 0; i < count; i++)
            call(_turn++ % sets);
    }
}
