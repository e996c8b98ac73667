using KernelGen.Cuda.Interop;

namespace KernelGen.Cuda;

/// <summary>An owned CUDA stream. Streams of other libraries need no wrapper: their handle is passed to <c>Launch</c> as it is.</summary>
public sealed unsafe class CudaStream : IDisposable
{
    private const uint NonBlocking = 1;

    private readonly CudaDriver _driver;
    private readonly CudaContext _context;

    internal CudaStream(CudaDriver driver, CudaContext context)
    {
        (_driver, _context) = (driver, context);
        using CudaContext.Scope scope = context.Enter();
        nint handle;
        driver.Check(driver.StreamCreate(&handle, NonBlocking), "cuStreamCreate");
        Handle = handle;
    }

    /// <summary>The <c>CUstream</c>.</summary>
    public nint Handle { get; private set; }

    /// <summary>Waits until all its work is done.</summary>
    /// <exception cref="CudaException">The work failed.</exception>
    public void Synchronize()
    {
        using CudaContext.Scope scope = _context.Enter();
        _driver.Check(_driver.StreamSynchronize(Handle), "cuStreamSynchronize");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Handle != 0)
        {
            using CudaContext.Scope scope = _context.Enter();
            _ = _driver.StreamDestroy(Handle);
            Handle = 0;
        }
    }
}
