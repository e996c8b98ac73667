using System.Runtime.ExceptionServices;

namespace KernelGen.Cpu;

/// <summary>Threads that wait for work, do it together with the caller, and wait again. A round allocates nothing.</summary>
/// <remarks>
/// Workers take part in a round when they come, as long as it is open. The caller closes it when it finds nothing left to do, and then
/// waits for those only that take part: a worker that the system has not got round to is not missed, because what it would have done is
/// done. So work must be such that any number of workers, the caller alone too, can do all of it. While they wait, the threads know
/// nothing but <see cref="Rounds"/>, so that workers that are dropped without <see cref="Dispose"/> are found and ended.
/// </remarks>
internal sealed class CpuWorkers : IDisposable
{
    // About as long as it takes to wake a thread: rounds that follow each other at once, as slices do, find the workers awake.
    private const int SpinsBeforeSleep = 40;

    private readonly Thread[] _threads;
    private readonly Rounds _rounds = new();

    /// <summary>Starts the threads.</summary>
    /// <param name="count">Workers, the calling thread included.</param>
    /// <param name="mayBegin">For tests: false keeps a thread from taking part in a round, as a busy system does.</param>
    public CpuWorkers(int count, Func<bool>? mayBegin = null)
    {
        _threads = new Thread[count - 1];
        Rounds rounds = _rounds;
        for (int i = 0; i < _threads.Length; i++)
        {
            _threads[i] = new Thread(() => rounds.Loop(mayBegin))
            {
                IsBackground = true,
                Name = Invariant($"KernelGen worker {i + 1}"),
            };
            _threads[i].Start();
        }
    }

    ~CpuWorkers() => _rounds.End();

    /// <summary>Runs a round and returns when all that take part are done. One caller at a time.</summary>
    /// <param name="work">
    /// What a worker does, given its place in the round: 0 is the calling thread, the others count up as they come.
    /// </param>
    /// <param name="workers">The most workers that may take part, the calling thread included; only as many are woken.</param>
    /// <exception cref="Exception">The first that a worker threw.</exception>
    public void Run(Action<int> work, int workers)
    {
        int others = Math.Min(workers - 1, _threads.Length);
        if (others <= 0)
        {
            work(0);
            return;
        }

        _rounds.Run(work, others);
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

    /// <summary>The state that the threads share.</summary>
    private sealed class Rounds
    {
        private readonly object _gate = new();

        // Apart from the other, on which workers sleep that have nothing to do with the end of a round.
        private readonly object _done = new();
        private Action<int>? _work;
        private int _round;

        // Workers that may still take part; 0 once the round is closed.
        private int _places;
        private int _taken;
        private int _running;
        private bool _ended;
        private Exception? _failure;

        public void Run(Action<int> work, int others)
        {
            lock (_gate)
            {
                (_failure, _work) = (null, work);
                (_places, _taken) = (others, 0);
                Volatile.Write(ref _round, _round + 1);
                for (int i = 0; i < others; i++)
                {
                    Monitor.Pulse(_gate);
                }
            }

            Do(0);
            lock (_gate)
            {
                _places = 0;
            }

            SpinWait spin = default;
            while (Volatile.Read(ref _running) != 0 && spin.Count < SpinsBeforeSleep)
            {
                spin.SpinOnce(sleep1Threshold: -1);
            }

            if (Volatile.Read(ref _running) != 0)
            {
                lock (_done)
                {
                    while (Volatile.Read(ref _running) != 0)
                    {
                        Monitor.Wait(_done);
                    }
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

        public void Loop(Func<bool>? mayBegin)
        {
            int seen = 0;
            while (true)
            {
                SpinWait spin = default;
                while (Volatile.Read(ref _round) == seen && spin.Count < SpinsBeforeSleep)
                {
                    spin.SpinOnce(sleep1Threshold: -1);
                }

                int place;
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
                    if (_taken >= _places || mayBegin?.Invoke() == false)
                    {
                        continue;
                    }

                    place = ++_taken;
                    Interlocked.Increment(ref _running);
                }

                Do(place);
                if (Interlocked.Decrement(ref _running) == 0)
                {
                    lock (_done)
                    {
                        Monitor.Pulse(_done);
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
