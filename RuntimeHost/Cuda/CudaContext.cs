using KernelGen.Cuda.Interop;

namespace KernelGen.Cuda;

/// <summary>The CUDA context that everything of a device lives in: the one that is current when the device is made, else the primary one.</summary>
/// <remarks>TorchSharp, ONNX Runtime and the CUDA runtime use the primary context, ILGPU one of its own; either is current on their threads.</remarks>
internal sealed unsafe class CudaContext : IDisposable
{
    private readonly CudaDriver _driver;
    private readonly bool _retained;

    /// <summary>Takes the current context, or retains the primary one of a GPU.</summary>
    /// <param name="driver">The driver.</param>
    /// <param name="ordinal">The GPU, when no context is current.</param>
    public CudaContext(CudaDriver driver, int ordinal)
    {
        _driver = driver;
        nint handle;
        int device;
        driver.Check(driver.CtxGetCurrent(&handle), "cuCtxGetCurrent");
        if (handle != 0)
        {
            driver.Check(driver.CtxGetDevice(&device), "cuCtxGetDevice");
        }
        else
        {
            driver.Check(driver.DeviceGet(&device, ordinal), "cuDeviceGet");
            driver.Check(driver.DevicePrimaryCtxRetain(&handle, device), "cuDevicePrimaryCtxRetain");
            _retained = true;
        }

        (Handle, Device) = (handle, device);
    }

    /// <summary>The <c>CUcontext</c>.</summary>
    public nint Handle { get; }

    /// <summary>The <c>CUdevice</c>.</summary>
    public int Device { get; }

    /// <summary>Makes the context current on this thread until the scope ends; costs nothing when it is already.</summary>
    public Scope Enter()
    {
        nint current;
        _driver.Check(_driver.CtxGetCurrent(&current), "cuCtxGetCurrent");
        if (current == Handle)
        {
            return default;
        }

        _driver.Check(_driver.CtxPushCurrent(Handle), "cuCtxPushCurrent");
        return new(_driver);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_retained)
        {
            _ = _driver.DevicePrimaryCtxRelease(Device);
        }
    }

    /// <summary>Restores the context that was current before.</summary>
    public readonly ref struct Scope(CudaDriver? driver)
    {
        /// <summary>Pops what was pushed.</summary>
        public void Dispose()
        {
            if (driver is not null)
            {
                nint popped;
                _ = driver.CtxPopCurrent(&popped);
            }
        }
    }
}
