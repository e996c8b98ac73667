using KernelGen.Cuda.Interop;

namespace KernelGen.Cuda.Memory;

/// <summary>
/// One workspace per stream, kept between calls and grown when a plan needs more, so that launches allocate nothing. Its owner guards it.
/// </summary>
internal sealed class WorkspacePool(CudaDriver driver)
{
    /// <summary>The handle that stands for a stream of its own on every thread.</summary>
    private const nint PerThreadStream = 2;

    private readonly Dictionary<(nint Stream, int Thread), DeviceBuffer> _buffers = [];

    /// <summary>Bytes held.</summary>
    public long HeldBytes
    {
        get
        {
            long bytes = 0;
            foreach (DeviceBuffer buffer in _buffers.Values)
            {
                bytes += buffer.Bytes;
            }

            return bytes;
        }
    }

    /// <summary>The address of at least so many bytes that belong to a stream.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="bytes">Bytes; 0 gives 0.</param>
    /// <exception cref="CudaException">They cannot be had, not even when no other stream keeps any.</exception>
    public nint Rent(nint stream, long bytes)
    {
        if (bytes == 0)
        {
            return 0;
        }

        (nint, int) key = KeyOf(stream);
        if (_buffers.TryGetValue(key, out DeviceBuffer? buffer))
        {
            if (buffer.Bytes >= bytes)
            {
                return buffer.Address;
            }

            // The old one goes first, so that the two never stand side by side. Freeing waits for the work that uses it.
            Forget(stream);
        }

        try
        {
            buffer = new(driver, bytes);
        }
        catch (CudaException fault) when (fault.IsOutOfMemory && _buffers.Count > 0)
        {
            // Plans count what other streams keep as free, so it has to go.
            Trim();
            buffer = new(driver, bytes);
        }

        _buffers.Add(key, buffer);
        return buffer.Address;
    }

    /// <summary>Gives back what is kept for a stream.</summary>
    public void Forget(nint stream)
    {
        if (_buffers.Remove(KeyOf(stream), out DeviceBuffer? buffer))
        {
            buffer.Dispose();
        }
    }

    /// <summary>Gives everything back.</summary>
    public void Trim()
    {
        foreach (DeviceBuffer buffer in _buffers.Values)
        {
            buffer.Dispose();
        }

        _buffers.Clear();
    }

    private static (nint Stream, int Thread) KeyOf(nint stream) =>
        (stream, stream == PerThreadStream ? Environment.CurrentManagedThreadId : 0);
}
