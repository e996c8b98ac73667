using KernelGen.Cuda;
using KernelGen.Cuda.Interop;
using KernelGen.RuntimeHost.Tests.Reference;
using KernelGen.Tensors;

namespace KernelGen.RuntimeHost.Tests.Cuda;

[TestClass]
[ResourceLock(CudaTest.Resource)]
[MemberCondition(typeof(CudaTest), nameof(CudaTest.HasEmulator), IgnoreMessage = CudaTest.NoEmulator)]
public sealed unsafe class CudaContextTests
{
    private static readonly AttentionCall _call = AttentionCall.Random(new(1, 1, 20, 30, 40), ElementType.Float32);

    private readonly long _before = Emulator.LiveObjects;

    [TestMethod]
    public void NoCurrentContext_RetainsThePrimaryOne_AndLeavesNoneCurrent()
    {
        long retained = Emulator.Calls("cuDevicePrimaryCtxRetain");
        using (CudaDevice device = CudaTest.Open())
        using (DeviceCall call = new(device, _call))
        {
            call.Launch(0);
            Assert.AreEqual(0, Current());
        }

        Assert.AreEqual(retained + 1, Emulator.Calls("cuDevicePrimaryCtxRetain"));
        Assert.AreEqual(0, Current());
        Assert.AreEqual(_before, Emulator.LiveObjects);
    }

    [TestMethod]
    public void CurrentContext_IsUsed_AndNoneIsRetained()
    {
        using (CudaDevice owner = CudaTest.Open())
        {
            CudaDriver driver = Driver();
            nint context;
            driver.Check(driver.DevicePrimaryCtxRetain(&context, 0), "cuDevicePrimaryCtxRetain");
            driver.Check(driver.CtxPushCurrent(context), "cuCtxPushCurrent");
            long retained = Emulator.Calls("cuDevicePrimaryCtxRetain");
            long pushed = Emulator.Calls("cuCtxPushCurrent");
            using (CudaDevice device = CudaDevice.Create(new() { Cache = CudaTest.SharedCache }, CudaTest.Libraries))
            {
                _call.Run(CudaTest.Host(device), CudaTestAttention.Catalogue, ElementType.Float32, out _);
            }

            Assert.AreEqual(retained, Emulator.Calls("cuDevicePrimaryCtxRetain"));
            Assert.AreEqual(pushed, Emulator.Calls("cuCtxPushCurrent"));
            Assert.AreEqual(context, Current());
            driver.Check(driver.CtxPopCurrent(&context), "cuCtxPopCurrent");
            driver.Check(driver.DevicePrimaryCtxRelease(0), "cuDevicePrimaryCtxRelease");
        }

        Assert.AreEqual(_before, Emulator.LiveObjects);
    }

    [TestMethod]
    public void TensorsStreamsAndEvents_MayOutliveTheDevice()
    {
        CudaDevice device = CudaTest.Open();
        DeviceTensor<float> tensor = device.Allocate<float>(3);
        CudaStream stream = device.CreateStream();
        CudaEvent mark = device.CreateEvent();
        device.Dispose();
        float[] elements = new float[3];
        tensor.Upload([1, 2, 3], stream.Handle);
        tensor.Download(elements, stream.Handle);

        Assert.AreSequenceEqual(new float[] { 1, 2, 3 }, elements);
        mark.Dispose();
        stream.Dispose();
        tensor.Dispose();
        tensor.Dispose();
        Assert.AreEqual(_before, Emulator.LiveObjects);
        Assert.ThrowsExactly<ObjectDisposedException>(() => tensor.Download(elements));
    }

    [TestMethod]
    public void LostContext_SaysSo_AndANewHostWorks()
    {
        CudaDevice device = CudaTest.Open();
        using (DeviceCall call = new(device, _call))
        {
            device.Launch(call.Plan, call.Arguments with { Output = call.Arguments.Output + (1 << 20) }, 0);
            CudaException exception = Assert.ThrowsExactly<CudaException>(() => call.Output(0));

            Assert.IsTrue(exception.IsContextLost);
            Assert.Contains("global store", exception.Message);
            Assert.Contains("dispose the host and make another one", exception.Message);
            Assert.ThrowsExactly<CudaException>(() => call.Launch(0));
            device.Dispose();
        }

        Assert.AreEqual(_before, Emulator.LiveObjects);
        using AttentionHost host = CudaTest.Host(CudaTest.Open());
        _call.Run(host, CudaTestAttention.Catalogue, ElementType.Float32, out _);
    }

    private static CudaDriver Driver() =>
        CudaTest.Libraries.TryGetDriver(out CudaDriver? driver, out string fault) ? driver : throw new InvalidOperationException(fault);

    private static nint Current()
    {
        nint context;
        CudaDriver driver = Driver();
        driver.Check(driver.CtxGetCurrent(&context), "cuCtxGetCurrent");
        return context;
    }
}
