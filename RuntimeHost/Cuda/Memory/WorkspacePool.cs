using KernelGen.Cuda.Interop;

namespace KernelGen.Cuda.Memory;

/// <summary>One workspace per stream, kept between calls and grown when a plan needs more, so that launches allocate nothing.</summary>
internal sealed class WorkspacePool(CudaDriver driver) : IDisposable
{
    private readonly Dictionary<nint, DeviceBuffer> _buffers = [];
    private readonly Lock _gate = new();

    /// <summary>Bytes held.</summary>
    public long HeldBytes
    {
        get
        {
            lock (_gate)
            {
                long bytes = 0;
                foreach (DeviceBuffer buffer in _buffers.Values)
                {
                    bytes += buffer.Bytes;
                }

                return bytes;
            }
        }
    }

    /// <summary>The address of at least so many bytes that belong to a stream.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="bytes">Bytes; 0 gives 0.</param>
    /// <exception cref="CudaException">They cannot be had.</exception>
    public nint Rent(nint stream, long bytes)
    {
        if (bytes == 0)
        {
            return 0;
        }

        lock (_gate)
        {
            if (_buffers.TryGetValue(stream, out DeviceBuffer? buffer) && buffer.Bytes >= bytes)
            {
                return buffer.Address;
            }

            // The old one goes first, so that the two never stand side by side; freeing waits for the work that uses it.
            if (_buffers.Remove(stream))
            {
                buffer!.Dispose();
            }

            DeviceBuffer larger = new(driver, bytes);
            _buffers.Add(stream, larger);
            return larger.Address;
        }
    }

    /// <summary>Gives everything back.</summary>
    public void Trim()
    {
        lock (_gate)
        {
            foreach (DeviceBuffer buffer in _buffers.Values)
            {
                buffer.Dispose();
            }

            _buffers.Clear();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Trim();
}
