using System.Globalization;
using System.Runtime.ExceptionServices;

namespace KernelGen.Cpu;

/// <summary>Threads that wait for work, do it together with the caller, and wait again. A round allocates nothing.</summary>
/// <remarks>
/// While they wait, the threads know nothing but <see cref="Rounds"/>, so that workers that are dropped without <see cref="Dispose"/> are
/// found and ended.
/// </remarks>
internal sealed class CpuWorkers : IDisposable
{
    // About as long as it takes to wake a thread: rounds that follow each other at once, as slices do, find the workers awake.
    private const int SpinsBeforeSleep = 40;

    private readonly Thread[] _threads;
    private readonly Rounds _rounds = new();

    /// <summary>Starts the threads.</summary>
    /// <param name="count">Workers, the calling thread included.</param>
    public CpuWorkers(int count)
    {
        _threads = new Thread[count - 1];
        Rounds rounds = _rounds;
        for (int i = 0; i < _threads.Length; i++)
        {
            int index = i + 1;
            _threads[i] = new Thread(() => rounds.Loop(index))
            {
                IsBackground = true,
                Name = string.Create(CultureInfo.InvariantCulture, $"KernelGen worker {index}"),
            };
            _threads[i].Start();
        }
    }

    ~CpuWorkers() => _rounds.End();

    /// <summary>Runs a round on every worker and returns when all are done. One caller at a time.</summary>
    /// <param name="work">What a worker does, given its index; 0 is the calling thread.</param>
    /// <exception cref="Exception">The first that a worker threw.</exception>
    public void Run(Action<int> work)
    {
        if (_threads.Length == 0)
        {
            work(0);
            return;
        }

        _rounds.Run(work, _threads.Length);
        GC.KeepAlive(this);
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _rounds.End();
        foreach (Thread thread in _threads)
        {
            thread.Join();
        }
    }

    /// <summary>What the threads share.</summary>
    private sealed class Rounds
    {
        private readonly object _gate = new();
        private Action<int>? _work;
        private int _round;
        private int _running;
        private bool _ended;
        private Exception? _failure;

        public void Run(Action<int> work, int threads)
        {
            (_failure, _work) = (null, work);
            lock (_gate)
            {
                _running = threads;
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

            _work = null;
            if (_failure is { } failure)
            {
                ExceptionDispatchInfo.Throw(failure);
            }
        }

        public void End()
        {
            lock (_gate)
            {
                _ended = true;
                Monitor.PulseAll(_gate);
            }
        }

        public void Loop(int index)
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
                    while (_round == seen && !_ended)
                    {
                        Monitor.Wait(_gate);
                    }

                    if (_ended)
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
                _work!(index);
            }
            catch (Exception exception)
            {
                Interlocked.CompareExchange(ref _failure, exception, null);
            }
        }
    }
}
