using System.Runtime.CompilerServices;
using KernelGen.Cuda.Interop;
using KernelGen.Cuda.Memory;

namespace KernelGen.Cuda;

/// <summary>
/// Owned device memory for elements of one type. Memory of other libraries needs no wrapper: its address goes into the arguments as it is.
/// </summary>
/// <typeparam name="T">The element type.</typeparam>
public sealed unsafe class DeviceTensor<T> : IDisposable
    where T : unmanaged
{
    private readonly CudaDriver _driver;
    private readonly CudaContext _context;
    private readonly DeviceBuffer _buffer;
    private bool _disposed;

    internal DeviceTensor(CudaDriver driver, CudaContext context, long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        _driver = driver;
        using CudaContext.Scope scope = context.Enter();
        _buffer = new(driver, checked(length * sizeof(T)));
        _context = context.Share();
        Length = length;
    }

    /// <summary>Elements.</summary>
    public long Length { get; }

    /// <summary>The <c>CUdeviceptr</c>, for <see cref="Kernels.KernelArguments"/>; 0 when there are no elements.</summary>
    public nint Address => _buffer.Address;

    /// <summary>Copies from host memory after the work of a stream, and waits for the copy: every stream sees it.</summary>
    /// <param name="source">As many elements as the tensor has.</param>
    /// <param name="stream">The stream whose work may still use the tensor; 0 is the default stream.</param>
    /// <exception cref="CudaException">The copy failed, or work before it.</exception>
    public void Upload(ReadOnlySpan<T> source, nint stream = 0)
    {
        Check(source.Length, nameof(source));
        using CudaContext.Scope scope = _context.Enter();
        fixed (T* first = source)
        {
            _buffer.Upload((nint)first, _buffer.Bytes, stream);
            _driver.Check(_driver.StreamSynchronize(stream), "cuStreamSynchronize");
        }
    }

    /// <summary>Copies to host memory after the work of a stream, and waits.</summary>
    /// <param name="destination">As many elements as the tensor has.</param>
    /// <param name="stream">The stream that fills the tensor: a copy in another one would not wait for it. 0 is the default stream.</param>
    /// <exception cref="CudaException">The copy failed, or work before it.</exception>
    public void Download(Span<T> destination, nint stream = 0)
    {
        Check(destination.Length, nameof(destination));
        using CudaContext.Scope scope = _context.Enter();
        fixed (T* first = destination)
        {
            _buffer.Download((nint)first, _buffer.Bytes, stream);
            _driver.Check(_driver.StreamSynchronize(stream), "cuStreamSynchronize");
        }
    }

    /// <summary>Frees the memory, after the work that uses it.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        if (_context.TryEnter(out CudaContext.Scope scope) == (int)CudaResult.Success)
        {
            using (scope)
            {
                _buffer.Dispose();
            }
        }

        _disposed = true;
        _context.Release();
    }

    private void Check(int given, string parameter, [CallerMemberName] string call = "")
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (given != Length)
        {
            throw new ArgumentException(
                Invariant($"{call} was given {given} elements; the tensor has {Length}."), parameter);
        }
    }
}
