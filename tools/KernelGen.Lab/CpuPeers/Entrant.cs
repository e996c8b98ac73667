using System.Diagnostics;
using KernelGen.Lab.Measuring;

namespace KernelGen.Lab.CpuPeers;

/// <summary>A contender while it is measured.</summary>
internal sealed class Entrant(string name, IContender contender, int threads)
{
    /// <summary>A burst of calls takes about this long.</summary>
    private static readonly TimeSpan BurstTime = TimeSpan.FromMilliseconds(50);

    private readonly List<CallTime> _times = [];
    private double _expected;

    public string Name => name;

    public IContender Contender => contender;

    public int Threads => threads;

    /// <summary>Relative error against float64; NaN for what computes nothing.</summary>
    public double Error { get; private set; } = double.NaN;

    /// <summary>Growth of the process in the first call, at its highest.</summary>
    public long? MemoryBytes { get; private set; }

    /// <summary>Bursts that count.</summary>
    public int Rounds => _times.Count;

    /// <summary>The median time of a call.</summary>
    public double Milliseconds => 1e3 * Medians.Of([.. _times.Select(time => time.Seconds)]);

    /// <summary>The median of the processor's time of a call.</summary>
    public double CpuMilliseconds => 1e3 * Medians.Of([.. _times.Select(time => time.CpuSeconds)]);

    /// <summary>The time that is compared, in milliseconds.</summary>
    public double ComparedMilliseconds => threads == 1 ? CpuMilliseconds : Milliseconds;

    /// <summary>The first call, which is not timed, and what it computes.</summary>
    /// <param name="call">What is computed; null for what computes nothing.</param>
    public void Begin(ComparedCall? call)
    {
        MemoryBytes = PeakMemory.Growth(contender.Run);
        if (call is not null)
        {
            float[] output = new float[call.Query.Length];
            output.AsSpan().Fill(float.NaN);
            contender.ReadOutput(output);
            Error = call.ErrorOf(output);
        }

        // The second call takes no memory and compiles nothing: how often it fits a burst.
        _expected = Time(1).Seconds;
    }

    /// <summary>Times a burst of calls.</summary>
    public void Burst()
    {
        int calls = (int)Math.Clamp(BurstTime.TotalSeconds / _expected, 1, 1e6);

        // One that is not timed brings tensors and workspace back that another contender pushed out of the caches.
        if (calls > 3)
            contender.Run();
        CallTime time = Time(calls);
        _expected = time.Seconds;
        _times.Add(time);
    }

    /// <summary>Forgets the bursts so far: they were those in which code was still compiled.</summary>
    public void Restart() => _times.Clear();

    private CallTime Time(int calls)
    {
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        long begin = Stopwatch.GetTimestamp();
        for (int i = 0; i < calls; i++)
            contender.Run();
        double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        return new(seconds / calls, (Environment.CpuUsage.TotalTime - cpu).TotalSeconds / calls);
    }
}
