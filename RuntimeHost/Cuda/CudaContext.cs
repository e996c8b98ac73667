using KernelGen.Cuda.Interop;

namespace KernelGen.Cuda;

/// <summary>
/// The CUDA context that everything of a device lives in: the one that is current when the device is made, else the primary one.
/// </summary>
/// <remarks>
/// TorchSharp, ONNX Runtime and the CUDA runtime use the primary context, ILGPU one of its own; either is current on their threads. A
/// retained context is given back by its last user, so that tensors and streams may outlive the device.
/// </remarks>
internal sealed unsafe class CudaContext
{
    private readonly CudaDriver _driver;
    private readonly bool _retained;
    private int _users = 1;

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

    /// <summary>Makes the context current on this thread until the scope ends; costs next to nothing when it is already.</summary>
    /// <exception cref="CudaException">It cannot be made current.</exception>
    public Scope Enter()
    {
        int result = TryEnter(out Scope scope);
        _driver.Check(result, "cuCtxPushCurrent");
        return scope;
    }

    /// <summary>As <see cref="Enter"/>, for giving things back, which must not throw.</summary>
    /// <param name="scope">The scope.</param>
    /// <returns>The <c>CUresult</c>; the scope is empty when it is not success.</returns>
    public int TryEnter(out Scope scope)
    {
        scope = default;
        nint current;
        if (_driver.CtxGetCurrent(&current) == (int)CudaResult.Success && current == Handle)
        {
            return (int)CudaResult.Success;
        }

        int result = _driver.CtxPushCurrent(Handle);
        if (result == (int)CudaResult.Success)
        {
            scope = new(_driver);
        }

        return result;
    }

    /// <summary>Counts one more user.</summary>
    public CudaContext Share()
    {
        Interlocked.Increment(ref _users);
        return this;
    }

    /// <summary>Counts one user less; the last one gives a retained context back. The context must not be entered.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _users) == 0 && _retained)
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
