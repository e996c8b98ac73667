using KernelGen.Cuda.Interop;

namespace KernelGen.Cuda.Memory;

/// <summary>Owned device memory.</summary>
internal sealed unsafe class DeviceBuffer : IDisposable
{
    private readonly CudaDriver _driver;

    /// <summary>Allocates in the current context.</summary>
    /// <param name="driver">The driver.</param>
    /// <param name="bytes">The size; 0 allocates nothing.</param>
    /// <exception cref="CudaException">It cannot be had; <see cref="CudaException.IsOutOfMemory"/> says whether less might be.</exception>
    public DeviceBuffer(CudaDriver driver, long bytes)
    {
        _driver = driver;
        Bytes = bytes;
        if (bytes > 0)
        {
            nint address;
            driver.Check(
                driver.MemAlloc(&address, (nuint)bytes), Invariant($"cuMemAlloc of {bytes} bytes"));
            Address = address;
        }
    }

    /// <summary>The <c>CUdeviceptr</c>; 0 when empty.</summary>
    public nint Address { get; private set; }

    /// <summary>The size.</summary>
    public long Bytes { get; }

    /// <summary>Copies from host memory, in stream order.</summary>
    public void Upload(nint source, long bytes, nint stream)
    {
        if (bytes > 0)
        {
            _driver.Check(_driver.MemcpyHtoDAsync(Address, (void*)source, (nuint)bytes, stream), "cuMemcpyHtoDAsync");
        }
    }

    /// <summary>Copies to host memory, in stream order.</summary>
    public void Download(nint destination, long bytes, nint stream)
    {
        if (bytes > 0)
        {
            _driver.Check(_driver.MemcpyDtoHAsync((void*)destination, Address, (nuint)bytes, stream), "cuMemcpyDtoHAsync");
        }
    }

    /// <summary>Frees the memory; work that uses it must be done.</summary>
    public void Dispose()
    {
        if (Address != 0)
        {
            _ = _driver.MemFree(Address);
            Address = 0;
        }
    }
}
