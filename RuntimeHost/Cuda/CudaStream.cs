using KernelGen.Cuda.Interop;
using KernelGen.Cuda.Launch;

namespace KernelGen.Cuda;

/// <summary>An owned CUDA stream. Streams of other libraries need no wrapper: their handle is passed to <c>Launch</c> as it is.</summary>
/// <remarks>It does not wait for the default stream, nor the default stream for it.</remarks>
public sealed unsafe class CudaStream : IDisposable
{
    private const uint NonBlocking = 1;

    private readonly CudaDriver _driver;
    private readonly CudaContext _context;
    private readonly SliceLauncher _launcher;

    internal CudaStream(CudaDriver driver, CudaContext context, SliceLauncher launcher)
    {
        (_driver, _launcher) = (driver, launcher);
        using CudaContext.Scope scope = context.Enter();
        nint handle;
        driver.Check(driver.StreamCreate(&handle, NonBlocking), "cuStreamCreate");
        Handle = handle;
        _context = context.Share();
    }

    /// <summary>The <c>CUstream</c>.</summary>
    public nint Handle { get; private set; }

    /// <summary>Waits until all its work is done.</summary>
    /// <exception cref="CudaException">The work failed.</exception>
    public void Synchronize()
    {
        ObjectDisposedException.ThrowIf(Handle == 0, this);
        using CudaContext.Scope scope = _context.Enter();
        _driver.Check(_driver.StreamSynchronize(Handle), "cuStreamSynchronize");
    }

    /// <summary>Waits for its work and gives it back, with the workspace that was kept for it.</summary>
    public void Dispose()
    {
        if (Handle == 0)
        {
            return;
        }

        if (_context.TryEnter(out CudaContext.Scope scope) == (int)CudaResult.Success)
        {
            using (scope)
            {
                _ = _driver.StreamSynchronize(Handle);
                _launcher.Forget(Handle);
                _ = _driver.StreamDestroy(Handle);
            }
        }

        Handle = 0;
        _context.Release();
    }
}
