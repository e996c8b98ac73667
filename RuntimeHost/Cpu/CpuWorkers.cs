using System.Globalization;
using System.Runtime.ExceptionServices;

namespace KernelGen.Cpu;

/// <summary>Threads that wait for work, do it together with the caller, and wait again. A round allocates nothing.</summary>
internal sealed class CpuWorkers : IDisposable
{
    // About as long as it takes to wake a thread: rounds that follow each other at once, as slices do, find the workers awake.
    private const int SpinsBeforeSleep = 40;

    private readonly Action<int> _work;
    private readonly Thread[] _threads;
    private readonly object _gate = new();
    private int _round;
    private int _running;
    private bool _disposed;
    private Exception? _failure;

    /// <summary>Starts the threads.</summary>
    /// <param name="count">Workers, the calling thread included.</param>
    /// <param name="work">What a worker does in a round, given its index; 0 is the calling thread.</param>
    public CpuWorkers(int count, Action<int> work)
    {
        _work = work;
        _threads = new Thread[count - 1];
        for (int i = 0; i < _threads.Length; i++)
        {
            int index = i + 1;
            _threads[i] = new Thread(() => Loop(index))
            {
                IsBackground = true,
                Name = string.Create(CultureInfo.InvariantCulture, $"KernelGen worker {index}"),
            };
            _threads[i].Start();
        }
    }

    /// <summary>Runs a round on every worker and returns when all are done. One caller at a time.</summary>
    /// <exception cref="Exception">The first that a worker threw.</exception>
    public void Run()
    {
        if (_threads.Length == 0)
        {
            _work(0);
            return;
        }

        _failure = null;
        lock (_gate)
        {
            _running = _threads.Length;
            Volatile.Write(ref _round, _round + 1);
            Monitor.PulseAll(_gate);
        }

        Do(0);
        SpinWait spin = default;
        while (Volatile.Read(ref _running) != 0 && spin.Count < SpinsBeforeSleep)
        {
            spin.SpinOnce(sleep1Threshold: -1);
        }

        lock (_gate)
        {
            while (_running != 0)
            {
                Monitor.Wait(_gate);
            }
        }

        if (_failure is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            Monitor.PulseAll(_gate);
        }

        foreach (Thread thread in _threads)
        {
            thread.Join();
        }
    }

    private void Loop(int index)
    {
        int seen = 0;
        while (true)
        {
            SpinWait spin = default;
            while (Volatile.Read(ref _round) == seen && spin.Count < SpinsBeforeSleep)
            {
                spin.SpinOnce(sleep1Threshold: -1);
            }

            lock (_gate)
            {
                while (_round == seen && !_disposed)
                {
                    Monitor.Wait(_gate);
                }

                if (_disposed)
                {
                    return;
                }

                seen = _round;
            }

            Do(index);
            lock (_gate)
            {
                if (--_running == 0)
                {
                    Monitor.PulseAll(_gate);
                }
            }
        }
    }

    private void Do(int index)
    {
        try
        {
            _work(index);
        }
        catch (Exception exception)
        {
            Interlocked.CompareExchange(ref _failure, exception, null);
        }
    }
}
