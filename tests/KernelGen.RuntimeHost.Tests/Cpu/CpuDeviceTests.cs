using KernelGen.Cpu;
using KernelGen.Execution;
using KernelGen.Kernels;
using KernelGen.Planning;
using KernelGen.Tensors;

namespace KernelGen.RuntimeHost.Tests.Cpu;

[TestClass]
public sealed unsafe class CpuDeviceTests
{
    private static readonly AttentionShape _shape = new(1, 2, 600, 500, 40);

    private static readonly AttentionShape _fewQueries = new(1, 6, 5, 2500, 40, keyValueHeads: 2);

    /// <summary>Every kernel, with a call for it.</summary>
    public static IEnumerable<object[]> Kernels =>
        from shape in new[] { _shape, _fewQueries }
        from kernel in CpuCall.Kernels(shape)
        where shape == _shape || kernel.SliceRows == 16
        select new object[] { shape, kernel.Family!.Value, kernel.SliceRows!.Value };

    [TestMethod]
    [DynamicData(nameof(Kernels))]
    [DoNotParallelize]
    public void ACall_AllocatesNothingAfterTheFirst(AttentionShape shape, KernelFamily family, int sliceRows)
    {
        foreach (int threads in new[] { 1, 3 })
            AssertAllocatesNothing(shape, new() { Family = family, SliceRows = sliceRows }, threads);
    }

    private static void AssertAllocatesNothing(AttentionShape shape, PlanningOptions kernel, int threads)
    {
        using AttentionHost host = AttentionHost.CreateDefault(new() { Device = DeviceKind.Cpu, Threads = threads });
        SlicePlan plan = host.Plan<float>(CpuTestAttention.Catalogue, shape, kernel);
        float[] query = new float[shape.QueryElements], key = new float[shape.KeyElements], output = new float[shape.QueryElements];
        AttentionOptions options = new() { Causal = true, CheckFinite = true };
        for (int i = 0; i < 3; i++)
            host.Run<float>(plan, query, key, key, output, options);

        long least = long.MaxValue;
        for (int i = 0; i < 5; i++)
        {
            // Of the whole process, workers included; other threads of the test run may allocate meanwhile, so the least counts.
            long before = GC.GetTotalAllocatedBytes(precise: true);
            host.Run<float>(plan, query, key, key, output, options);
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        Assert.AreEqual(0, least);
    }

    [TestMethod]
    [DynamicData(nameof(Kernels))]
    public void MeasuredWorkspace_EqualsThePlanned(AttentionShape shape, KernelFamily family, int sliceRows)
    {
        foreach (int threads in new[] { 1, 2, 5, 64 })
        {
            foreach (long free in new[] { 200_000L, 500_000L, 2_000_000L, 5_000_000L, 1L << 30 })
            {
                CpuCall call = CpuCall.Random(shape, ElementType.Float32) with
                {
                    Threads = threads, FreeBytes = free, Planning = new() { Family = family, SliceRows = sliceRows },
                };
                RunReport report;
                try
                {
                    call.Run(ElementType.Float32, out report);
                }
                catch (AttentionMemoryException)
                {
                    continue;
                }

                Assert.AreEqual(report.Plan.WorkspaceBytes, report.WorkspaceBytes);
                Assert.IsLessThanOrEqualTo(free, report.WorkspaceBytes);
            }
        }
    }

    [TestMethod]
    public void ProgressCallback_MayNotUseTheDevice_AndTheCallGoesOn()
    {
        CpuCall call = CpuCall.Random(_shape, ElementType.Float32);
        using CpuDevice device = new(new() { Threads = 2 });
        using AttentionHost host = new(device, "for a test", new() { FreeBytes = 3_000_000 });
        SlicePlan plan = host.Plan<float>(CpuTestAttention.Catalogue, _shape, new() { Family = KernelFamily.Materialized });
        float[] output = new float[_shape.QueryElements];
        Action[] uses =
            [() => host.Run<float>(plan, call.Query, call.Key, call.Value, new float[output.Length]), device.Trim, device.Dispose];
        List<string> refusals = [];
        Callback progress = new(() =>
        {
            foreach (Action use in uses)
                refusals.Add(Assert.ThrowsExactly<InvalidOperationException>(use).Message);
        });

        host.Run<float>(plan, call.Query, call.Key, call.Value, output, new() { Progress = progress });

        Assert.HasCount(3 * plan.SliceCount, refusals);
        Assert.IsTrue(refusals.TrueForAll(refusal => refusal.Contains("progress callback", StringComparison.Ordinal)));
        Assert.AreSequenceEqual((call with { Planning = new() { Family = KernelFamily.Materialized } }).Run(ElementType.Float32), output);
    }

    [TestMethod]
    public void PlanForFewerThreads_TakesNoMoreMemoryThanItSays()
    {
        CpuCall call = CpuCall.Random(_shape, ElementType.Float32);
        using AttentionHost one = AttentionHost.CreateDefault(new() { Device = DeviceKind.Cpu, Threads = 1 });
        using AttentionHost many = AttentionHost.CreateDefault(new() { Device = DeviceKind.Cpu, Threads = 4 });
        SlicePlan plan = SlicePlanner.Plan(
            _shape, ElementType.Float32, one.VariantsFor(CpuTestAttention.Catalogue, ElementType.Float32, _shape.HeadDim),
            one.Device.Profile, one.MeasureBudget(), new());

        RunReport report = many.Run<float>(plan, call.Query, call.Key, call.Value, new float[_shape.QueryElements]);

        Assert.AreEqual(plan.WorkspaceBytes, report.WorkspaceBytes);
    }

    [TestMethod]
    public void DisposedHost_SaysSo()
    {
        AttentionHost host = AttentionHost.CreateDefault(new() { Device = DeviceKind.Cpu, Threads = 1 });
        SlicePlan plan = host.Plan<float>(CpuTestAttention.Catalogue, _shape);
        float[] tensor = new float[_shape.QueryElements];
        host.Dispose();

        Assert.ThrowsExactly<ObjectDisposedException>(() => host.Plan<float>(CpuTestAttention.Catalogue, _shape));
        Assert.ThrowsExactly<ObjectDisposedException>(() => host.Run<float>(plan, tensor, tensor, tensor, new float[tensor.Length]));
        Assert.ThrowsExactly<ObjectDisposedException>(() => host.Launch(plan, AttentionHost.CreateArguments(plan)));
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(CpuDevice.MaxThreads + 1)]
    public void Threads_AreBetweenOneAndTheMost(int threads) =>
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new CpuDevice(new() { Threads = threads }));

    [TestMethod]
    public void Pool_KeepsWhatTheLargestCallTook_UntilTrimmed()
    {
        using CpuDevice device = new(new() { Threads = 1 });
        using AttentionHost host = new(device, "for a test", new());
        long large = Run(new(1, 1, 512, 512, 40)), small = Run(new(1, 1, 128, 64, 40));

        Assert.IsGreaterThan(small, large);
        Assert.AreEqual(large, device.PooledBytes);

        device.Trim();

        Assert.AreEqual(0, device.PooledBytes);
        Assert.AreEqual(small, Run(new(1, 1, 128, 64, 40)));
        Assert.AreEqual(small, device.PooledBytes);

        long Run(AttentionShape shape)
        {
            SlicePlan plan = host.Plan<float>(CpuTestAttention.Catalogue, shape, new() { Family = KernelFamily.Materialized });
            float[] query = new float[shape.QueryElements], key = new float[shape.KeyElements];
            return host.Run<float>(plan, query, key, key, new float[shape.QueryElements]).WorkspaceBytes;
        }
    }

    [TestMethod]
    public void Progress_IsToldAfterEachSlice_AndCancellationStops()
    {
        using CancellationTokenSource cancellation = new();
        List<AttentionProgress> reports = [];
        CpuCall call = CpuCall.Random(_shape, ElementType.Float32, new()
        {
            CancellationToken = cancellation.Token,
            Progress = new Observer(progress =>
            {
                reports.Add(progress);
                if (progress.SlicesDone == 3)
                    cancellation.Cancel();
            }),
        }) with { FreeBytes = 1_000_000, Planning = new() { Family = KernelFamily.Materialized } };

        Assert.ThrowsExactly<OperationCanceledException>(() => call.Run(ElementType.Float32));
        Assert.AreSequenceEqual([1, 2, 3], reports.Select(report => report.SlicesDone));
        Assert.IsGreaterThan(3, reports[0].SliceCount);
    }

    [TestMethod]
    public void CancelledBeforehand_LeavesTheOutputAlone()
    {
        using AttentionHost host = AttentionHost.CreateDefault(new() { Device = DeviceKind.Cpu });
        SlicePlan plan = host.Plan<float>(CpuTestAttention.Catalogue, _shape);
        float[] query =
            new float[_shape.QueryElements], key = new float[_shape.KeyElements], output = [.. Enumerable.Repeat(5f, query.Length)];

        Assert.ThrowsExactly<OperationCanceledException>(
            () => host.Run<float>(plan, query, key, key, output, new() { CancellationToken = new(canceled: true) }));
        Assert.IsTrue(output.All(number => number == 5f));
    }

    [TestMethod]
    public void CallsFromManyThreads_DoNotDisturbEachOther()
    {
        using AttentionHost host = AttentionHost.CreateDefault(new() { Device = DeviceKind.Cpu, Threads = 2 });
        Parallel.For(0, 12, i =>
        {
            AttentionShape shape = new(1, 1, 100 + (i * 20), 90, 64);
            CpuCall call = CpuCall.Random(shape, ElementType.Float32, seed: i);
            SlicePlan plan = host.Plan<float>(CpuTestAttention.Catalogue, shape);
            float[] output = new float[shape.QueryElements];
            host.Run<float>(plan, call.Query, call.Key, call.Value, output);

            Assert.AreSequenceEqual(call.Run(ElementType.Float32), output);
        });
    }

    [TestMethod]
    public void AFailingKernel_IsReported_AndTheDeviceGoesOn()
    {
        using CpuDevice device = new(new() { Threads = 3 });
        SlicePlan good = Plan(static (in KernelArguments _, int _, int _, int _, byte* _, float* _) => { });
        SlicePlan bad =
            Plan(static (in KernelArguments _, int head, int _, int _, byte* _, float* _) =>
                throw new InvalidOperationException($"head {head}"));
        for (int i = 0; i < 20; i++)
        {
            StringAssert.StartsWith(
                Assert.ThrowsExactly<InvalidOperationException>(() => device.Run(bad, default, AttentionOptions.Default)).Message, "head ");
            Assert.AreEqual(1, device.Run(good, default, AttentionOptions.Default).Slices);
        }
    }

    [TestMethod]
    public void EveryTile_IsRunOnce_LongestFirstWhenCausal()
    {
        using CpuDevice device = new(new() { Threads = 1 });
        List<(int Head, int RowBegin, int RowEnd)> tiles = [];
        SlicePlan plan = Plan((in KernelArguments _, int head, int begin, int end, byte* _, float* _) => tiles.Add((head, begin, end)));
        device.Run(plan, new() { Causal = 1 }, AttentionOptions.Default);

        Assert.AreSequenceEqual(
            [(0, 512, 600), (1, 512, 600), (0, 384, 512), (1, 384, 512), (0, 256, 384), (1, 256, 384), (0, 128, 256), (1, 128, 256),
                (0, 0, 128), (1, 0, 128)],
            tiles);
    }

    [TestMethod]
    public void WorkspaceThatCannotBeAllocated_IsAClearError()
    {
        using CpuDevice device = new(new() { Threads = 1 });
        SlicePlan plan = Plan(static (in KernelArguments _, int _, int _, int _, byte* _, float* _) => { }, workerBytes: 1L << 60);
        AttentionMemoryException exception =
            Assert.ThrowsExactly<AttentionMemoryException>(() => device.Run(plan, default, AttentionOptions.Default));

        StringAssert.StartsWith(exception.Message, $"{1L << 60} bytes of workspace for ");
        Assert.AreEqual(1L << 60, exception.NeededBytes);
    }

    [TestMethod]
    public void Launch_RunsOnAddresses_AndRefusesAStream()
    {
        CpuCall call = CpuCall.Random(new(1, 1, 40, 30, 40), ElementType.Float32);
        using AttentionHost host = AttentionHost.CreateDefault(new() { Device = DeviceKind.Cpu });
        SlicePlan plan = host.Plan<float>(CpuTestAttention.Catalogue, call.Shape);
        float[] output = new float[call.Query.Length];
        KernelArguments arguments = AttentionHost.CreateArguments(plan);
        fixed (float* query = call.Query, key = call.Key, value = call.Value, result = output)
        {
            (arguments.Query, arguments.Key, arguments.Value, arguments.Output) = ((nint)query, (nint)key, (nint)value, (nint)result);
            host.Launch(plan, arguments);

            Assert.ThrowsExactly<ArgumentException>(() => host.Launch(plan, arguments, stream: 5));
        }

        Assert.AreSequenceEqual(call.Run(ElementType.Float32), output);
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    public void ADisposedDevice_RunsNothing(int threads)
    {
        CpuDevice device = new(new() { Threads = threads });
        device.Dispose();
        device.Dispose();

        SlicePlan plan = Plan(static (in KernelArguments _, int _, int _, int _, byte* _, float* _) => { });
        Assert.ThrowsExactly<ObjectDisposedException>(() => device.Run(plan, default, AttentionOptions.Default));
    }

    [TestMethod]
    public void Options_ThatCannotBe_AreRefused()
    {
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new CpuDevice(new() { Threads = 0 }));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new CpuDevice(new() { VectorPath = (CpuVectorPath)9 }));
        foreach (CpuVectorPath path in Enum.GetValues<CpuVectorPath>().Where(path => !CpuCapabilities.IsSupported(path)))
            Assert.ThrowsExactly<DeviceNotUsableException>(() => new CpuDevice(new() { VectorPath = path }));
    }

    [TestMethod]
    public void Name_TellsPathAndThreads()
    {
        using CpuDevice one = new(new() { Threads = 1, VectorPath = CpuVectorPath.Vector128 });
        using CpuDevice two = new(new() { Threads = 2 });

        Assert.MatchesRegex(@"^CPU \((NEON|128-bit vectors), 1 thread\)$", one.Name);
        Assert.MatchesRegex(@"^CPU \((AVX-512|AVX2|NEON|128-bit vectors), 2 threads\)$", two.Name);
    }

    private static SlicePlan Plan(CpuKernel kernel, long workerBytes = 64) => new(
        new(
            "streaming-cpu-f32-d40-r128", KernelFamily.Streaming, ElementType.Float32, headDim: 40, sliceRows: 128,
            new(TileRows: 128, TileKeys: 12, BytesPerScore: 0, workerBytes), new(kernel, kernel, kernel, TilesPerCall: 1)),
        "exact")
    {
        Shape = _shape,
        ElementType = ElementType.Float32,
        Budget = new(1 << 30, 0, "given by a test"),
        HeadsPerSlice = 2,
        RowsPerSlice = 600,
        KeysPerSlice = 500,
        SliceCount = 1,
        WorkspaceBytes = workerBytes,
    };

    private sealed class Observer(Action<AttentionProgress> action) : IProgress<AttentionProgress>
    {
        public void Report(AttentionProgress value) => action(value);
    }

    private sealed class Callback(Action action) : IProgress<AttentionProgress>
    {
        public void Report(AttentionProgress value) => action();
    }
}
