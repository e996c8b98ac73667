using KernelGen.Execution;
using KernelGen.Kernels;
using KernelGen.Planning;
using KernelGen.RuntimeHost.Tests.Cpu;
using KernelGen.Tensors;

namespace KernelGen.RuntimeHost.Tests.Execution;

/// <summary>Calls in one line, and calls that are awaited: they give what a plan that is run gives.</summary>
[TestClass]
public sealed class OneCallTests
{
    private static readonly AttentionShape _shape = new(1, 2, 70, 90, 40);
    private static readonly AttentionHost _host = AttentionHost.CreateDefault(new() { Device = DeviceKind.Cpu, Threads = 2 });
    private static readonly CpuTestAttention _attention = new(_host);
    private static readonly float[] _query = Numbers(_shape.QueryElements, 1);
    private static readonly float[] _key = Numbers(_shape.KeyElements, 2);
    private static readonly float[] _value = Numbers(_shape.KeyElements, 3);

    public TestContext TestContext { get; set; } = null!;

    [ClassCleanup]
    public static void CloseHost() => _host.Dispose();

    [TestMethod]
    public void AShape_IsPlannedAndRun()
    {
        float[] output = new float[_shape.QueryElements];

        RunReport report = _attention.Run<float>(_shape, _query, _key, _value, output);

        Assert.AreSequenceEqual(Expected(null), output);
        Assert.AreSame(_attention.Plan<float>(_shape), report.Plan, "later calls find the plan again");
    }

    [TestMethod]
    public void WhatTheOptionsSay_IsPlannedFor()
    {
        AttentionOptions options = new() { Causal = true, Map = new float[_shape.TotalHeads * _shape.Queries * _shape.Keys] };
        float[] output = new float[_shape.QueryElements];

        RunReport report = _attention.Run<float>(_shape, _query, _key, _value, output, options);

        Assert.IsTrue(report.Plan.Causal);
        Assert.AreEqual(KernelFamily.Materialized, report.Plan.Variant.Family, "it hands out the map");
        Assert.AreEqual(1f, options.Map.Span[0], "the first row sees the first key alone");
        Assert.AreSequenceEqual(Expected(options), output);
    }

    [TestMethod]
    public async Task Awaited_TheBitsAreTheSame()
    {
        float[] planned = new float[_shape.QueryElements], shaped = new float[_shape.QueryElements];

        await _attention.RunAsync<float>(_attention.Plan<float>(_shape), _query, _key, _value, planned);
        await _attention.RunAsync<float>(_shape, _query, _key, _value, shaped);

        Assert.AreSequenceEqual(Expected(null), planned);
        Assert.AreSequenceEqual(planned, shaped);
    }

    [TestMethod]
    public async Task Awaited_TheCallerGoesOn()
    {
        int caller = Environment.CurrentManagedThreadId, runner = caller;
        using ManualResetEventSlim begun = new(), goOn = new();
        AttentionOptions options = new()
        {
            Progress = new Told(() =>
            {
                runner = Environment.CurrentManagedThreadId;
                begun.Set();
                goOn.Wait(TestContext.CancellationToken);
            }),
        };

        Task<RunReport> run = _attention.RunAsync<float>(_shape, _query, _key, _value, new float[_shape.QueryElements], options);
        begun.Wait(TestContext.CancellationToken);
        Assert.IsFalse(run.IsCompleted, "it waits for this thread, which is free");
        goOn.Set();
        await run;

        Assert.AreNotEqual(caller, runner);
    }

    [TestMethod]
    public async Task Awaited_FaultsAreThoseOfTheTask()
    {
        Task<RunReport> run = _attention.RunAsync<float>(_shape, _query, _key, _value, new float[1]);

        Assert.AreEqual("output", (await Assert.ThrowsExactlyAsync<ArgumentException>(() => run)).ParamName);
    }

    [TestMethod]
    public async Task Awaited_ACallIsCancelled_BeforeItBegins_AndWhileItRuns()
    {
        using CancellationTokenSource source = new();
        float[] output = new float[_shape.QueryElements];
        AttentionOptions options = new() { CancellationToken = source.Token, Progress = new Told(source.Cancel) };

        // The only slice was cancelled when it was done, which comes too late for it.
        await _attention.RunAsync<float>(_shape, _query, _key, _value, output, options);
        Task<RunReport> late = _attention.RunAsync<float>(_shape, _query, _key, _value, output, options);
        await Assert.ThrowsAsync<OperationCanceledException>(() => late);
        Assert.IsTrue(late.IsCanceled);

        using CancellationTokenSource second = new();
        SlicePlan slices = _attention.Plan<float>(_shape, new() { Policy = "diffusers:1" });
        Assert.AreEqual(2, slices.SliceCount);
        Task<RunReport> run = _attention.RunAsync<float>(
            slices, _query, _key, _value, output, new() { CancellationToken = second.Token, Progress = new Told(second.Cancel) });
        await Assert.ThrowsAsync<OperationCanceledException>(() => run);
        Assert.IsTrue(run.IsCanceled);
    }

    [TestMethod]
    public void NothingToRun_IsRefusedAtOnce()
    {
        Assert.AreEqual("attention", Assert.ThrowsExactly<ArgumentNullException>(
            () => default(ISliceAttention)!.Run<float>(_shape, _query, _key, _value, new float[1])).ParamName);
        Assert.AreEqual("plan", Assert.ThrowsExactly<ArgumentNullException>(
            () => { _ = _attention.RunAsync<float>(default(SlicePlan)!, _query, _key, _value, new float[1]); }).ParamName);
        Assert.AreEqual("shape", Assert.ThrowsExactly<ArgumentException>(
            () => _attention.Run<float>(default(AttentionShape), _query, _key, _value, new float[1])).ParamName);
    }

    private static float[] Expected(AttentionOptions? options)
    {
        float[] output = new float[_shape.QueryElements];
        _attention.Run<float>(_attention.Plan<float>(_shape, options?.ForPlanning()), _query, _key, _value, output, options);
        return output;
    }

    private static float[] Numbers(long count, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, (int)count).Select(_ => (random.NextSingle() * 2) - 1)];
    }

    private sealed class Told(Action act) : IProgress<AttentionProgress>
    {
        public void Report(AttentionProgress value) => act();
    }
}
