using System.Globalization;
using System.Runtime.CompilerServices;
using KernelGen.Cuda.Interop;
using KernelGen.Cuda.Memory;

namespace KernelGen.Cuda;

/// <summary>Owned device memory for elements of one type.</summary>
/// <typeparam name="T">The element type.</typeparam>
public sealed unsafe class DeviceTensor<T> : IDisposable
    where T : unmanaged
{
    private readonly CudaDriver _driver;
    private readonly CudaContext _context;
    private readonly DeviceBuffer _buffer;

    internal DeviceTensor(CudaDriver driver, CudaContext context, long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        (_driver, _context) = (driver, context);
        using CudaContext.Scope scope = context.Enter();
        _buffer = new(driver, checked(length * sizeof(T)));
        Length = length;
    }

    /// <summary>Elements.</summary>
    public long Length { get; }

    /// <summary>The <c>CUdeviceptr</c>, for <see cref="Kernels.KernelArguments"/>.</summary>
    public nint Address => _buffer.Address;

    /// <summary>Copies from host memory and waits.</summary>
    /// <param name="source">As many elements as the tensor has.</param>
    public void Upload(ReadOnlySpan<T> source)
    {
        Check(source.Length);
        using CudaContext.Scope scope = _context.Enter();
        fixed (T* first = source)
        {
            _buffer.Upload((nint)first, _buffer.Bytes, 0);
            _driver.Check(_driver.StreamSynchronize(0), "cuStreamSynchronize");
        }
    }

    /// <summary>Copies to host memory and waits.</summary>
    /// <param name="destination">As many elements as the tensor has.</param>
    public void Download(Span<T> destination)
    {
        Check(destination.Length);
        using CudaContext.Scope scope = _context.Enter();
        fixed (T* first = destination)
        {
            _buffer.Download((nint)first, _buffer.Bytes, 0);
            _driver.Check(_driver.StreamSynchronize(0), "cuStreamSynchronize");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        using CudaContext.Scope scope = _context.Enter();
        _buffer.Dispose();
    }

    private void Check(int given, [CallerMemberName] string call = "")
    {
        if (given != Length)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{call} was given {given} elements; the tensor has {Length}."));
        }
    }
}
