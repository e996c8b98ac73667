using KernelGen.Cuda;
using KernelGen.Cuda.Interop;
using KernelGen.Kernels;
using KernelGen.Planning;
using KernelGen.RuntimeHost.Tests.Reference;
using KernelGen.Tensors;

namespace KernelGen.RuntimeHost.Tests.Cuda;

[TestClass]
[ResourceLock(CudaTest.Resource)]
[MemberCondition(typeof(CudaTest), nameof(CudaTest.HasEmulator), IgnoreMessage = CudaTest.NoEmulator)]
public sealed unsafe class CudaFaultTests
{
    private static readonly AttentionCall _streaming =
        AttentionCall.Random(new(1, 2, 20, 30, 40), ElementType.Float32) with { Planning = new() { Family = KernelFamily.Streaming } };

    private static readonly AttentionCall _materialized =
        AttentionCall.Random(new(1, 2, 20, 30, 40), ElementType.Float32) with { Planning = new() { Family = KernelFamily.Materialized } };

    /// <summary>Functions that make, ask or run something: their failure is told.</summary>
    [TestMethod]
    [DataRow("cuInit")]
    [DataRow("cuDriverGetVersion")]
    [DataRow("cuDeviceGetCount")]
    [DataRow("cuDeviceGet")]
    [DataRow("cuDeviceGetName")]
    [DataRow("cuDeviceTotalMem")]
    [DataRow("cuDeviceGetAttribute")]
    [DataRow("cuDevicePrimaryCtxRetain")]
    [DataRow("cuModuleLoadData")]
    [DataRow("cuModuleGetFunction")]
    [DataRow("cuFuncGetAttribute")]
    [DataRow("cuOccupancyMaxActiveBlocksPerMultiprocessor")]
    [DataRow("cuFuncSetAttribute")]
    [DataRow("cuStreamCreate")]
    [DataRow("cuEventCreate")]
    [DataRow("cuEventRecord")]
    [DataRow("cuEventSynchronize")]
    [DataRow("cuEventElapsedTime")]
    [DataRow("cuMemGetInfo")]
    [DataRow("cuMemcpyHtoDAsync")]
    [DataRow("cuMemcpyDtoHAsync")]
    [DataRow("cuLaunchKernel")]
    [DataRow("nvrtcVersion")]
    [DataRow("nvrtcGetNumSupportedArchs")]
    [DataRow("nvrtcGetSupportedArchs")]
    [DataRow("nvrtcCreateProgram")]
    [DataRow("nvrtcCompileProgram")]
    [DataRow("nvrtcGetCUBINSize")]
    [DataRow("nvrtcGetCUBIN")]
    public void FailedCall_IsToldByName_LeaksNothing_AndTheHostGoesOn(string function) => FailEveryCall(function, (exception, live) =>
    {
        Assert.IsNotNull(exception, "the failure was not told");
        Assert.Contains(function, exception.Message);
        Assert.AreEqual(0, live, "objects leaked");
    });

    /// <summary>
    /// Functions whose failure there is another way around: memory can be asked for again or in less, a context pushed or a stream waited
    /// for later.
    /// </summary>
    [TestMethod]
    [DataRow("cuMemAlloc")]
    [DataRow("cuCtxGetCurrent")]
    [DataRow("cuStreamSynchronize")]
    public void FailedCall_IsToldByNameOrMadeGood_AndLeaksNothing(string function) => FailEveryCall(function, (exception, live) =>
    {
        if (exception is not null)
            Assert.Contains(function, exception.Message);
        Assert.AreEqual(0, live, "objects leaked");
    });

    /// <summary>Functions that give something back: nobody can do anything about it, and the failure must not hide another.</summary>
    [TestMethod]
    [DataRow("cuMemFree")]
    [DataRow("cuModuleUnload")]
    [DataRow("cuStreamDestroy")]
    [DataRow("cuEventDestroy")]
    [DataRow("cuCtxPopCurrent")]
    [DataRow("cuDevicePrimaryCtxRelease")]
    [DataRow("nvrtcDestroyProgram")]
    public void FailedGivingBack_IsNotThrown(string function) => FailEveryCall(function, (exception, live) =>
    {
        Assert.IsNull(exception);
        Assert.IsLessThanOrEqualTo(1, live);
    });

    /// <summary>Told where something is asked for; where something is given back, the context's end does it.</summary>
    [TestMethod]
    public void FailedPushOfTheContext_IsToldOrLeftToTheContextsEnd() => FailEveryCall("cuCtxPushCurrent", (exception, live) =>
    {
        if (exception is not null)
        {
            Assert.Contains("cuCtxPushCurrent", exception.Message);
            Assert.AreEqual(0, live, "objects leaked");
        }
    });

    // Fails the first call of a function, then the second, and so on until there are no more.
    private static void FailEveryCall(string function, Action<Exception?, long> check)
    {
        CudaTest.Open().Dispose();
        for (int call = 1; ; call++)
        {
            CudaDriver driver = Driver();
            nint context;
            driver.Check(driver.DevicePrimaryCtxRetain(&context, 0), "cuDevicePrimaryCtxRetain");
            long before = Emulator.LiveObjects;
            long calls = Emulator.Calls(function);
            Emulator.Set("FAIL", $"{function}:{call}");
            Exception? exception = Catch(UseEverything);
            bool reached = Emulator.Calls(function) - calls >= call;
            Emulator.Set("FAIL", "");
            if (reached)
            {
                Assert.IsTrue(exception is null or CudaException or DeviceNotUsableException or KernelCompilationException
                    or AttentionMemoryException, $"{exception}");
                check(exception, Emulator.LiveObjects - before);
            }

            // The context ends here, and with it whatever was lost on the way.
            while (driver.DevicePrimaryCtxRelease(0) == 0)
            {
            }

            if (!reached)
            {
                Assert.IsGreaterThan(1, call, $"{function} is never called");
                Assert.IsNull(exception);
                return;
            }
        }
    }

    // On a thread of its own: a context that could not be popped stays with the thread.
    private static Exception? Catch(Action action)
    {
        Exception? caught = null;
        Thread thread = new(() =>
        {
            try
            {
                action();
            }
            catch (Exception exception)
            {
                caught = exception;
            }
        });
        thread.Start();
        thread.Join();
        return caught;
    }

    private static void UseEverything()
    {
        using CudaDevice device = CudaDevice.Create(new() { Cache = new(null, 0) }, new(Emulator.Path, Emulator.Path));
        AttentionHost host = CudaTest.Host(device);
        using (CudaStream stream = device.CreateStream())
        using (CudaEvent begin = device.CreateEvent())
        using (CudaEvent end = device.CreateEvent())
        using (DeviceCall call = new(device, _materialized))
        {
            begin.Record(stream.Handle);
            call.Launch(stream.Handle);
            end.Record(stream.Handle);
            end.ElapsedSince(begin);
            float[] launched = call.Output(stream.Handle);
            float[] run = _materialized.Run(host, CudaTestAttention.Catalogue, ElementType.Float32, out _);
            if (!launched.AsSpan().SequenceEqual(run))
                throw new InvalidOperationException("A failure that was made good gave other bits.");
        }

        _streaming.Run(host, CudaTestAttention.Catalogue, ElementType.Float32, out _);
        device.Trim();
    }

    private static CudaDriver Driver() =>
        CudaTest.Libraries.TryGetDriver(out CudaDriver? driver, out string fault) ? driver : throw new InvalidOperationException(fault);
}
