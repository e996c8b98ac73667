using KernelGen.Execution;
using KernelGen.Kernels;
using KernelGen.Planning;
using KernelGen.RuntimeHost.Tests.Cpu;
using KernelGen.RuntimeHost.Tests.Reference;
using KernelGen.Tensors;

namespace KernelGen.RuntimeHost.Tests.Execution;

/// <summary>The rule of <see cref="DeviceLifetime"/>, the same for every device, by racing it.</summary>
public abstract class LifetimeTests
{
    private const int Threads = 4;

    private static readonly AttentionShape _shape = new(1, 2, 40, 50, 40);
    private static readonly PlanningOptions _planning = new() { Family = KernelFamily.Materialized };

    public TestContext TestContext { get; set; } = null!;

    private protected abstract KernelCatalogue Catalogue { get; }

    private protected abstract int Rounds { get; }

    private protected abstract AttentionHost Open();

    private protected abstract void Trim(AttentionHost host);

    [TestMethod]
    public void DisposeAmongRunningCalls_GivesRightResults_OrObjectDisposed() => Race(static (host, plan, call, output) =>
        host.Run<float>(plan, call.Query, call.Key, call.Value, output));

    [TestMethod]
    public void DisposeAmongWarmupsAndPlans_GivesRightResults_OrObjectDisposed() => Race(static (host, plan, call, output) =>
    {
        host.Warmup<float>(plan.Variant.Target == KernelTarget.Cpu
            ? CpuTestAttention.Catalogue
            : KernelGen.RuntimeHost.Tests.Cuda.CudaTestAttention.Catalogue, _shape, _planning);
        host.Run<float>(plan, call.Query, call.Key, call.Value, output);
    });

    [TestMethod]
    public void DisposeAmongTrims_GivesRightResults_OrObjectDisposed() => Race((host, plan, call, output) =>
    {
        Trim(host);
        host.MeasureBudget();
        host.Run<float>(plan, call.Query, call.Key, call.Value, output);
    });

    [TestMethod]
    public void ACallThatWaitsForItsTurn_IsRefused_WhenTheHostIsDisposed_AndTheOneThatRunsGoesOn()
    {
        AttentionCall call = AttentionCall.Random(_shape, ElementType.Float32);
        float[] expected = Expected(call), output = new float[expected.Length], other = new float[expected.Length];
        AttentionHost host = Open();
        SlicePlan plan = host.Plan<float>(Catalogue, _shape, _planning);
        using ManualResetEventSlim isRunning = new(), mayGoOn = new();
        Observer progress = new(() =>
        {
            isRunning.Set();
            mayGoOn.Wait(TestContext.CancellationToken);
        });
        Exception? fault = null, refusal = null;
        Thread running = new(() => fault = FaultOf(() => Run(output, new() { Progress = progress }))) { IsBackground = true },
            waiting = new(() => refusal = FaultOf(() => Run(other, AttentionOptions.Default))) { IsBackground = true },
            disposing = new(host.Dispose) { IsBackground = true };

        running.Start();
        isRunning.Wait(TestContext.CancellationToken);
        waiting.Start();
        Await(() => waiting.ThreadState.HasFlag(ThreadState.WaitSleepJoin));
        disposing.Start();
        Await(() => FaultOf(() => host.Device.MeasureBudget()) is ObjectDisposedException);
        mayGoOn.Set();
        foreach (Thread thread in new[] { running, waiting, disposing })
            thread.Join();

        Assert.IsNull(fault, fault?.ToString());
        Assert.AreSequenceEqual(expected, output);
        Assert.IsInstanceOfType<ObjectDisposedException>(refusal);
        Assert.IsTrue(Array.TrueForAll(other, static number => number == 0f));

        void Run(float[] result, AttentionOptions options) =>
            host.Run<float>(plan, call.Query, call.Key, call.Value, result, options);
    }

    [TestMethod]
    public void FromAProgressCallback_WhatWouldWaitForTheCall_IsRefused_AndTheCallGoesOn()
    {
        AttentionCall call = AttentionCall.Random(_shape, ElementType.Float32);
        float[] expected = Expected(call);
        using AttentionHost host = Open();
        SlicePlan plan = host.Plan<float>(Catalogue, _shape, _planning);
        float[] output = new float[expected.Length], other = new float[expected.Length];
        KernelArguments arguments = AttentionHost.CreateArguments(plan) with { Query = 1, Key = 1, Value = 1, Output = 1 };
        Action[] refused =
        [
            () => host.Run<float>(plan, call.Query, call.Key, call.Value, other), () => host.Launch(plan, arguments), () => Trim(host),
            host.Dispose,
            host.Device.Dispose,
        ];
        List<string> messages = [];
        Observer progress = new(() =>
        {
            messages.AddRange(refused.Select(action => Assert.ThrowsExactly<InvalidOperationException>(action).Message));
            host.Warmup<float>(Catalogue, _shape, _planning);
            host.MeasureBudget();
        });
        host.Run<float>(plan, call.Query, call.Key, call.Value, output, new() { Progress = progress });

        Assert.HasCount(refused.Length * plan.SliceCount, messages);
        Assert.IsTrue(messages.TrueForAll(message => message.StartsWith($"{host.Device.Name} cannot be ", StringComparison.Ordinal)
            && message.Contains("progress callback")));
        Assert.AreSequenceEqual(expected, output);

        // The refused attempts have left the host as it was.
        host.Run<float>(plan, call.Query, call.Key, call.Value, other);
        Assert.AreSequenceEqual(expected, other);
    }

    [TestMethod]
    public void FromAProgressCallback_AnotherDevice_MayBeUsed()
    {
        AttentionCall call = AttentionCall.Random(_shape, ElementType.Float32);
        float[] expected = Expected(call);
        using AttentionHost host = Open();
        SlicePlan plan = host.Plan<float>(Catalogue, _shape, _planning);
        float[] output = new float[expected.Length], other = new float[expected.Length];
        string? refusal = null;
        Observer inner = new(() => refusal = Assert.ThrowsExactly<InvalidOperationException>(host.Dispose).Message);
        Observer outer = new(() =>
        {
            using AttentionHost second = Open();
            second.Run<float>(
                second.Plan<float>(Catalogue, _shape, _planning), call.Query, call.Key, call.Value, other, new() { Progress = inner });
        });
        host.Run<float>(plan, call.Query, call.Key, call.Value, output, new() { Progress = outer });

        Assert.IsNotNull(refusal, "a device is known behind a call of another one");
        Assert.AreSequenceEqual(expected, output);
        Assert.AreSequenceEqual(expected, other);
    }

    [TestMethod]
    public void AfterDispose_EveryUse_IsRefused_AndDisposeIsNot()
    {
        AttentionHost host = Open();
        SlicePlan plan = host.Plan<float>(Catalogue, _shape, _planning);
        float[] tensor = new float[_shape.KeyElements], output = new float[_shape.KeyElements];
        KernelArguments arguments = AttentionHost.CreateArguments(plan) with { Query = 1, Key = 1, Value = 1, Output = 1 };
        Parallel.For(0, Threads, _ => host.Dispose());
        Action[] uses =
        [
            () => host.Run<float>(plan, tensor, tensor, tensor, output), () => host.Launch(plan, arguments), () => Trim(host),
            () => host.MeasureBudget(), () => host.Plan<float>(Catalogue, _shape), () => host.Warmup<float>(Catalogue, _shape),
            () => host.VariantsFor(Catalogue, ElementType.Float32, 40), () => host.Device.MeasureBudget(),
            () => host.Device.Run(plan, arguments, AttentionOptions.Default), () => host.Device.Launch(plan, arguments, 0),
        ];
        foreach (Action use in uses)
            Assert.ThrowsExactly<ObjectDisposedException>(use);
        host.Dispose();
    }

    private protected float[] Expected(AttentionCall call)
    {
        using AttentionHost host = Open();
        return (call with { Planning = _planning }).Run(host, Catalogue, ElementType.Float32, out _);
    }

    /// <summary>Waits until a thread has come to where something holds.</summary>
    private protected static void Await(Func<bool> condition) => Assert.IsTrue(SpinWait.SpinUntil(condition, TimeSpan.FromSeconds(60)));

    /// <summary>What an action throws; null when it throws nothing.</summary>
    private protected static Exception? FaultOf(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (Exception thrown)
        {
            return thrown;
        }
    }

    /// <summary>Threads use a host while it is disposed, again and again.</summary>
    private protected void Race(Action<AttentionHost, SlicePlan, AttentionCall, float[]> use)
    {
        AttentionCall call = AttentionCall.Random(_shape, ElementType.Float32);
        float[] expected = Expected(call);
        using AttentionHost keepsTheContext = Open();
        Random random = new(1);
        int right = 0, refused = 0;
        for (int round = 0; round < Rounds; round++)
        {
            AttentionHost host = Open();
            SlicePlan plan = host.Plan<float>(Catalogue, _shape, _planning);
            using Barrier begin = new(Threads + 1);
            Thread[] threads = [.. Enumerable.Range(0, Threads).Select(_ => new Thread(() => Work(host, plan, begin)))];
            Array.ForEach(threads, thread => thread.Start());
            begin.SignalAndWait(TestContext.CancellationToken);
            Thread.Sleep(random.Next(12));
            host.Dispose();
            Array.ForEach(threads, thread => thread.Join());
        }

        Assert.AreEqual(Rounds * Threads, refused, "every thread was told, and told so: any other exception ends the test run");
        Assert.IsGreaterThan(0, right);

        void Work(AttentionHost host, SlicePlan plan, Barrier begin)
        {
            float[] output = new float[expected.Length];
            begin.SignalAndWait(TestContext.CancellationToken);
            try
            {
                while (true)
                {
                    Array.Clear(output);
                    use(host, plan, call, output);
                    Assert.AreSequenceEqual(expected, output);
                    Interlocked.Increment(ref right);
                }
            }
            catch (ObjectDisposedException)
            {
                Interlocked.Increment(ref refused);
            }
        }
    }

    private sealed class Observer(Action action) : IProgress<AttentionProgress>
    {
        public void Report(AttentionProgress value) => action();
    }
}
