using KernelGen.Cuda.Interop;

namespace KernelGen.Cuda;

/// <summary>A mark in a stream, to measure the time that the GPU took between two of them.</summary>
public sealed unsafe class CudaEvent : IDisposable
{
    private readonly CudaDriver _driver;
    private readonly CudaContext _context;
    private nint _handle;

    internal CudaEvent(CudaDriver driver, CudaContext context)
    {
        _driver = driver;
        using CudaContext.Scope scope = context.Enter();
        nint handle;
        driver.Check(driver.EventCreate(&handle, 0), "cuEventCreate");
        _handle = handle;
        _context = context.Share();
    }

    /// <summary>Marks the end of what was launched on a stream so far.</summary>
    /// <param name="stream">The stream's handle; 0 is the default stream.</param>
    public void Record(nint stream = 0)
    {
        using CudaContext.Scope scope = _context.Enter();
        _driver.Check(_driver.EventRecord(_handle, stream), "cuEventRecord");
    }

    /// <summary>Waits until the stream has passed this mark, and gives the time since an earlier one.</summary>
    /// <param name="earlier">An event that was recorded before.</param>
    /// <exception cref="CudaException">An event was not recorded, or work before it failed.</exception>
    public TimeSpan ElapsedSince(CudaEvent earlier)
    {
        ArgumentNullException.ThrowIfNull(earlier);
        using CudaContext.Scope scope = _context.Enter();
        _driver.Check(_driver.EventSynchronize(_handle), "cuEventSynchronize");
        float milliseconds;
        _driver.Check(_driver.EventElapsedTime(&milliseconds, earlier._handle, _handle), "cuEventElapsedTime");
        return TimeSpan.FromMilliseconds(milliseconds);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_handle == 0)
        {
            return;
        }

        if (_context.TryEnter(out CudaContext.Scope scope) == (int)CudaResult.Success)
        {
            using (scope)
            {
                _ = _driver.EventDestroy(_handle);
            }
        }

        _handle = 0;
        _context.Release();
    }
}
