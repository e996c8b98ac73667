using System.Runtime.InteropServices;

namespace KernelGen.Cpu;

/// <summary>
/// One buffer of native memory, aligned to cache lines, kept between calls and never larger than the largest call needed.
/// </summary>
internal sealed unsafe class CpuWorkspace : IDisposable
{
    private const int Alignment = 64;

    private byte* _memory;
    private long _capacity;

    ~CpuWorkspace() => Trim();

    /// <summary>Bytes that are held; may be read from any thread.</summary>
    public long Capacity
    {
        get => Volatile.Read(ref _capacity);
        private set => Volatile.Write(ref _capacity, value);
    }

    /// <summary>Memory of at least a size, contents undefined; null when there is not that much.</summary>
    /// <param name="bytes">The size.</param>
    public byte* TryRent(long bytes)
    {
        if (bytes <= Capacity)
        {
            return _memory;
        }

        Trim();
        try
        {
            _memory = (byte*)NativeMemory.AlignedAlloc((nuint)bytes, Alignment);
        }
        catch (OutOfMemoryException)
        {
            return null;
        }

        Capacity = bytes;
        return _memory;
    }

    /// <summary>Gives the memory back.</summary>
    public void Trim()
    {
        NativeMemory.AlignedFree(_memory);
        _memory = null;
        Capacity = 0;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Trim();
        GC.SuppressFinalize(this);
    }
}
