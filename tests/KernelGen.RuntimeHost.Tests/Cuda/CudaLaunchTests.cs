using KernelGen.Cuda;
using KernelGen.Kernels;
using KernelGen.Planning;
using KernelGen.Reference;
using KernelGen.RuntimeHost.Tests.Reference;
using KernelGen.Tensors;

namespace KernelGen.RuntimeHost.Tests.Cuda;

[TestClass]
[ResourceLock(CudaTest.Resource)]
[MemberCondition(typeof(CudaTest), nameof(CudaTest.HasDevice), IgnoreMessage = CudaTest.NoDevice)]
public sealed class CudaLaunchTests
{
    private const long TwoSlices = 200_000;

    private static readonly PlanningOptions _materialized = new() { Family = KernelFamily.Materialized };

    [TestMethod]
    public void RawLaunch_OnAStream_AgreesWithTheReference()
    {
        AttentionCall call = Call();
        using CudaDevice device = CudaTest.Open();
        using CudaStream stream = device.CreateStream();
        using DeviceCall deviceCall = new(device, call, TwoSlices);
        deviceCall.Launch(stream.Handle);
        float[] actual = deviceCall.Output(stream.Handle);

        Assert.IsGreaterThan(1, deviceCall.Plan.SliceCount);
        Assert.IsLessThan(2e-6, RelativeError.Of(call.Reference().Output, actual));
        Assert.AreEqual(deviceCall.Plan.WorkspaceBytes, device.PooledBytes);
    }

    [TestMethod]
    public void RawLaunch_OnceWarm_AllocatesNothing()
    {
        using CudaDevice device = CudaTest.Open();
        using CudaStream stream = device.CreateStream();
        using DeviceCall call = new(device, Call(), TwoSlices);
        call.Launch(stream.Handle);

        long before = GC.GetAllocatedBytesForCurrentThread();
        call.Launch(stream.Handle);
        long after = GC.GetAllocatedBytesForCurrentThread();

        Assert.AreEqual(before, after);
    }

    [TestMethod]
    [MemberCondition(typeof(CudaTest), nameof(CudaTest.HasEmulator), IgnoreMessage = CudaTest.NoEmulator)]
    public void RawLaunch_OnceWarm_OnlyLaunches()
    {
        string[] others =
        [
            "cuStreamSynchronize", "cuCtxSynchronize", "cuEventSynchronize", "cuMemAlloc", "cuMemFree", "cuMemcpyHtoDAsync",
            "cuMemcpyDtoHAsync", "cuMemGetInfo",
        ];
        using CudaDevice device = CudaTest.Open();
        using CudaStream stream = device.CreateStream();
        using DeviceCall call = new(device, Call(), TwoSlices);
        call.Launch(stream.Handle);

        long launches = Emulator.Calls("cuLaunchKernel");
        long[] before = [.. others.Select(Emulator.Calls)];
        call.Launch(stream.Handle);

        Assert.AreSequenceEqual(before, others.Select(Emulator.Calls));
        Assert.AreEqual(call.Plan.SliceCount
            * call.Plan.Variant.Cuda!.Stages.Count(stage => !stage.MergesKeySplits || call.Plan.KeySplits > 1),
            Emulator.Calls("cuLaunchKernel") - launches);
    }

    [TestMethod]
    public void CallersWorkspace_IsUsed_AndThePoolIsNot()
    {
        AttentionCall call = Call();
        using CudaDevice device = CudaTest.Open();
        using DeviceCall plain = new(device, call, TwoSlices);
        using DeviceTensor<byte> workspace = device.Allocate<byte>(plain.Plan.WorkspaceBytes);
        device.Launch(plain.Plan, plain.Arguments with { Scores = workspace.Address }, 0);

        Assert.IsLessThan(2e-6, RelativeError.Of(call.Reference().Output, plain.Output(0)));
        Assert.AreEqual(0, device.PooledBytes);
    }

    [TestMethod]
    public void StreamsWorkspace_LivesAsLongAsTheStream()
    {
        using CudaDevice device = CudaTest.Open();
        using DeviceCall call = new(device, Call(), TwoSlices);
        using CudaStream first = device.CreateStream();
        using (CudaStream second = device.CreateStream())
        {
            call.Launch(first.Handle);
            call.Launch(second.Handle);
            Assert.AreEqual(2 * call.Plan.WorkspaceBytes, device.PooledBytes);
        }

        Assert.AreEqual(call.Plan.WorkspaceBytes, device.PooledBytes);
        device.Trim();
        Assert.AreEqual(0, device.PooledBytes);
    }

    [TestMethod]
    [MemberCondition(typeof(CudaTest), nameof(CudaTest.HasEmulator), IgnoreMessage = CudaTest.NoEmulator)]
    public void PooledWorkspace_CountsAsFree()
    {
        using CudaDevice device = CudaTest.Open();
        using DeviceCall call = new(device, Call(), TwoSlices);
        long free = device.MeasureBudget().FreeBytes;
        call.Launch(0);

        // An allocation takes whole pages; nothing else may take any.
        Assert.IsGreaterThanOrEqualTo(free - 4096, device.MeasureBudget().FreeBytes);
        Assert.IsLessThanOrEqualTo(free, device.MeasureBudget().FreeBytes);
    }

    [TestMethod]
    public void ManyThreads_OnOneStreamAndWithRun_GiveTheSameBits()
    {
        AttentionCall call = Call();
        using CudaDevice device = CudaTest.Open();
        using CudaStream stream = device.CreateStream();
        AttentionHost host = CudaTest.Host(device, TwoSlices);
        float[] expected = call.Run(host, CudaTestAttention.Catalogue, ElementType.Float32, out _);
        Parallel.For(0, 8, new() { MaxDegreeOfParallelism = 4 }, i =>
        {
            if (i % 2 == 0)
            {
                SameBits.Assert(expected, call.Run(host, CudaTestAttention.Catalogue, ElementType.Float32, out _));
                return;
            }

            // Plans of different sizes make the pool grow under the others' feet.
            using DeviceCall deviceCall = new(device, call, TwoSlices * i);
            deviceCall.Launch(stream.Handle);
            SameBits.Assert(expected, deviceCall.Output(stream.Handle));
        });
    }

    [TestMethod]
    public void Events_MeasureTime()
    {
        using CudaDevice device = CudaTest.Open();
        using DeviceCall call = new(device, Call());
        using CudaEvent begin = device.CreateEvent(), end = device.CreateEvent();
        begin.Record();
        call.Launch(0);
        end.Record();

        Assert.IsGreaterThan(TimeSpan.Zero, end.ElapsedSince(begin));
    }

    [TestMethod]
    public void PlanOfAnotherDevice_IsRefused()
    {
        using AttentionHost cpu = AttentionHost.CreateDefault(new() { Device = DeviceKind.Cpu, Threads = 1 });
        SlicePlan plan = cpu.Plan<float>(Cpu.CpuTestAttention.Catalogue, new(1, 1, 4, 4, 40));
        using CudaDevice device = CudaTest.Open();

        ArgumentException exception = Assert.ThrowsExactly<ArgumentException>(() => device.Launch(plan, default, 0));
        Assert.Contains("is not a CUDA kernel", exception.Message);
    }

    [TestMethod]
    public void DisposedDevice_SaysSo()
    {
        CudaDevice device = CudaTest.Open();
        using DeviceCall call = new(device, Call());
        device.Dispose();
        device.Dispose();

        Assert.ThrowsExactly<ObjectDisposedException>(() => call.Launch(0));
        Assert.ThrowsExactly<ObjectDisposedException>(() => device.MeasureBudget());
        Assert.ThrowsExactly<ObjectDisposedException>(() => device.CreateStream());
    }

    [TestMethod]
    public void TensorOfAnotherLength_IsRefused()
    {
        using CudaDevice device = CudaTest.Open();
        using DeviceTensor<float> tensor = device.Allocate<float>(4);

        ArgumentException exception = Assert.ThrowsExactly<ArgumentException>(() => tensor.Upload(new float[3]));
        Assert.AreEqual("Upload was given 3 elements; the tensor has 4. (Parameter 'source')", exception.Message);
    }

    private static AttentionCall Call() =>
        AttentionCall.Random(new(1, 3, 130, 200, 40), ElementType.Float32) with { Planning = _materialized };
}
