using System.Runtime.CompilerServices;
using KernelGen.Cuda;
using KernelGen.Kernels;
using KernelGen.Planning;
using KernelGen.RuntimeHost.Tests.Execution;
using KernelGen.RuntimeHost.Tests.Reference;
using KernelGen.Tensors;

namespace KernelGen.RuntimeHost.Tests.Cuda;

[TestClass]
[ResourceLock(CudaTest.Resource)]
[MemberCondition(typeof(CudaTest), nameof(CudaTest.HasDevice), IgnoreMessage = CudaTest.NoDevice)]
public sealed class CudaLifetimeTests : LifetimeTests
{
    private protected override KernelCatalogue Catalogue => CudaTestAttention.Catalogue;

    private protected override int Rounds => 8;

    [TestMethod]
    public void DisposeAmongLaunches_GivesRightResults_OrObjectDisposed()
    {
        // Tensors of another device, so that they outlive the one that is disposed.
        using CudaDevice memory = CudaTest.Open();
        Race((host, plan, call, output) =>
        {
            using CudaStream stream = memory.CreateStream();
            using DeviceTensor<float> query =
                Upload(memory, call.Query), key = Upload(memory, call.Key), value = Upload(memory, call.Value);
            using DeviceTensor<float> result = Upload(memory, output);
            try
            {
                host.Launch(
                    plan,
                    AttentionHost.CreateArguments(plan) with
                    {
                        Query = query.Address, Key = key.Address, Value = value.Address, Output = result.Address,
                    },
                    stream.Handle);
            }
            finally
            {
                stream.Synchronize();
            }

            result.Download(output, stream.Handle);
        });
    }

    [TestMethod]
    public void ALaunchThatHasBegun_IsWaitedFor_WhenItsHostIsDisposed()
    {
        AttentionShape shape = new(1, 2, 40, 50, 40);
        AttentionCall call = AttentionCall.Random(shape, ElementType.Float32);
        float[] expected = Expected(call), output = new float[expected.Length];
        using CudaDevice memory = CudaTest.Open();
        using CudaStream stream = memory.CreateStream();
        using DeviceTensor<float> query = Upload(memory, call.Query), key = Upload(memory, call.Key), value = Upload(memory, call.Value),
            result = Upload(memory, output);
        using HeldCompiler compiler = new(CudaCompilationTests.Nvrtc());
        AttentionHost host = CudaTest.Host(CudaTest.Open(options: new() { Compiler = compiler, Cache = new(null, 0) }), freeBytes: 30_000);
        SlicePlan plan = host.Plan<float>(Catalogue, shape, new() { Family = KernelFamily.Materialized });
        KernelArguments arguments = AttentionHost.CreateArguments(plan) with
        {
            Query = query.Address, Key = key.Address, Value = value.Address, Output = result.Address,
        };
        Exception? fault = null;
        Thread launching = new(() => fault = FaultOf(() => host.Launch(plan, arguments, stream.Handle))) { IsBackground = true },
            disposing = new(host.Dispose) { IsBackground = true };

        launching.Start();
        compiler.IsAsked.Wait(TestContext.CancellationToken);
        disposing.Start();
        Await(() => FaultOf(() => host.Device.MeasureBudget()) is ObjectDisposedException);
        Assert.IsFalse(disposing.Join(TimeSpan.FromMilliseconds(500)), "the host was disposed under a launch");
        compiler.MayGoOn.Set();
        launching.Join();
        disposing.Join();

        Assert.IsNull(fault, fault?.ToString());
        stream.Synchronize();
        result.Download(output, stream.Handle);
        Assert.AreSequenceEqual(expected, output);
    }

    [TestMethod]
    [MemberCondition(typeof(CudaTest), nameof(CudaTest.HasEmulator), IgnoreMessage = CudaTest.NoEmulator)]
    public void DroppedHosts_GiveTheirObjectsBack()
    {
        Collect();
        long before = Emulator.LiveObjects;
        DropHosts();
        for (int i = 0; i < 100 && Emulator.LiveObjects > before; i++)
        {
            Collect();
            Thread.Sleep(50);
        }

        Assert.AreEqual(before, Emulator.LiveObjects);
    }

    [TestMethod]
    [MemberCondition(typeof(CudaTest), nameof(CudaTest.HasEmulator), IgnoreMessage = CudaTest.NoEmulator)]
    public void ADeviceThatCouldNotBeMade_IsNotReleasedAgain()
    {
        using CudaDevice keepsTheContext = CudaTest.Open();
        Collect();
        long before = Emulator.LiveObjects;
        Emulator.Set("FAIL", "cuStreamCreate:1");
        Fail();
        Emulator.Set("FAIL", "");
        Collect();

        Assert.AreEqual(before, Emulator.LiveObjects);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static void Fail() =>
            Assert.ThrowsExactly<CudaException>(() => CudaDevice.Create(new() { Cache = CudaTest.SharedCache }, CudaTest.Libraries));
    }

    private protected override AttentionHost Open() => CudaTest.Host(CudaTest.Open(), freeBytes: 30_000);

    private protected override void Trim(AttentionHost host) => ((CudaDevice)host.Device).Trim();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void DropHosts()
    {
        for (int i = 0; i < 5; i++)
            AttentionCall.Random(new(1, 2, 40, 50, 40), ElementType.Float32).Run(Open(), Catalogue, ElementType.Float32, out _);
    }

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    private static DeviceTensor<float> Upload(CudaDevice device, float[] elements)
    {
        DeviceTensor<float> tensor = device.Allocate<float>(elements.Length);
        tensor.Upload(elements);
        return tensor;
    }
}
