using KernelGen.Cpu;

namespace KernelGen.RuntimeHost.Tests.Cpu;

/// <summary>Rounds of work: who takes part, who is waited for, and that nothing is done twice, too late, or not at all.</summary>
[TestClass]
public sealed class CpuWorkersTests
{
    private const int Threads = 4;

    [TestMethod]
    [Timeout(60_000)]
    public void AWorkerThatHasNotBegun_IsNotWaitedFor()
    {
        bool mayBegin = false;
        using CpuWorkers workers = new(Threads, () => Volatile.Read(ref mayBegin));
        for (int round = 0; round < 1000; round++)
        {
            int calls = 0;
            workers.Run(place => calls += place == 0 ? 1 : 1000, Threads);
            Assert.AreEqual(1, calls);
        }

        // They are there all the same: a round that lasts until they come has them.
        Volatile.Write(ref mayBegin, true);
        using CountdownEvent all = new(Threads);
        workers.Run(
            _ =>
            {
                all.Signal();
                all.Wait();
            },
            Threads);
    }

    [TestMethod]
    [Timeout(60_000)]
    public void AWorkerThatHasBegun_IsWaitedFor()
    {
        using CpuWorkers workers = new(Threads);
        for (int round = 0; round < 50; round++)
        {
            using ManualResetEventSlim begun = new();
            bool done = false;
            workers.Run(
                place =>
                {
                    if (place == 0)
                    {
                        begun.Wait();
                        return;
                    }

                    begun.Set();
                    Thread.Sleep(1);
                    Volatile.Write(ref done, true);
                },
                2);
            Assert.IsTrue(Volatile.Read(ref done));
        }
    }

    [TestMethod]
    [Timeout(120_000)]
    public void ManyRounds_DoEveryItemOnce_WithinTheRound_OnPlacesThatAreTheirOwn()
    {
        const int items = 64;
        using CpuWorkers workers = new(Threads);
        Random random = new(1);
        int[] done = new int[items];
        int[] places = new int[Threads];
        int next = 0, current = 0, late = 0, wrongPlaces = 0;
        int together = 0;
        Action<int> work = place =>
        {
            int round = Volatile.Read(ref current);
            if (place >= Threads || Interlocked.Increment(ref places[place]) != 1)
                Interlocked.Increment(ref wrongPlaces);
            bool any = false;
            for (int item; (item = Interlocked.Increment(ref next) - 1) < items; any = true)
            {
                Interlocked.Increment(ref done[item]);
                Thread.SpinWait(item % 7 * 20);
            }

            if (any && place > 0)
                Interlocked.Increment(ref together);
            if (Volatile.Read(ref current) != round || round % 2 == 0)
                Interlocked.Increment(ref late);
        };
        for (int round = 0; round < 20_000; round++)
        {
            int most = random.Next(1, Threads + 2);
            Array.Clear(done);
            Array.Clear(places);
            next = 0;
            Volatile.Write(ref current, (2 * round) + 1);
            workers.Run(work, most);
            Volatile.Write(ref current, (2 * round) + 2);
            Assert.AreEqual(items, done.Sum());
            Assert.IsTrue(done.All(times => times == 1));
            Assert.IsLessThanOrEqualTo(most, places.Sum());
            if (round % 50 == 0)
                Thread.Sleep(random.Next(2));
        }

        Assert.AreEqual(0, late, "rounds that went on after their end");
        Assert.AreEqual(0, wrongPlaces, "places that were given twice");
        Assert.IsGreaterThan(0, together, "a worker did some of the work");
    }

    [TestMethod]
    [Timeout(60_000)]
    public void WhatAWorkerThrows_IsThrown_AndTheNextRoundIsAsEver()
    {
        using CpuWorkers workers = new(Threads);
        for (int round = 0; round < 100; round++)
        {
            using ManualResetEventSlim begun = new();
            InvalidOperationException fault = Assert.ThrowsExactly<InvalidOperationException>(() => workers.Run(
                place =>
                {
                    if (place == 0)
                    {
                        begun.Wait();
                        return;
                    }

                    begun.Set();
                    throw new InvalidOperationException("of a worker");
                },
                2));
            Assert.AreEqual("of a worker", fault.Message);
            Assert.ThrowsExactly<NotSupportedException>(() => workers.Run(_ => throw new NotSupportedException(), round % 2 == 0 ? 1 : 2));
        }

        workers.Run(_ => { }, Threads);
    }

    [TestMethod]
    [DoNotParallelize]
    public void Rounds_AllocateNothing()
    {
        using CpuWorkers workers = new(Threads);
        int sum = 0;
        Action<int> work = place => Interlocked.Add(ref sum, place + 1);
        for (int i = 0; i < 100; i++)
            workers.Run(work, Threads);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
            workers.Run(work, (i % Threads) + 1);
        Assert.AreEqual(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [TestMethod]
    [Timeout(60_000)]
    public void Dispose_RightAfterARound_EndsThreadsThatHaveNotBegun()
    {
        for (int i = 0; i < 200; i++)
        {
            using CpuWorkers workers = new(Threads);
            workers.Run(_ => { }, Threads);
        }
    }

    [TestMethod]
    [DataRow(0, 4, 1)]
    [DataRow(19e-6, 4, 1)]
    [DataRow(20e-6, 4, 2)]
    [DataRow(39e-6, 4, 3)]
    [DataRow(1, 4, 4)]
    [DataRow(1, 1, 1)]
    public void Workers_AreWokenForWhatPays(double seconds, int most, int expected) =>
        Assert.AreEqual(expected, CpuSliceRun.WorkersWorthWaking(seconds, 10e-6, most));

    [TestMethod]
    public void WithoutALimit_EveryTileHasAWorker() => Assert.AreEqual(4, CpuSliceRun.WorkersWorthWaking(1e-9, 0, 4));
}
