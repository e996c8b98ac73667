using System.Runtime.InteropServices;

namespace KernelGen.RuntimeHost.Tests.Cpu;

/// <summary>Memory whose last byte lies before a page that cannot be touched, and whose first lies after one (up to alignment).</summary>
internal sealed unsafe class GuardedMemory : IDisposable
{
    private const int ProtectionNone = 0;
    private const int ReadWrite = 1 | 2;
    private const int PrivateAnonymous = 2 | 32;

    private readonly nint _mapping;
    private readonly nuint _length;

    public GuardedMemory(long bytes, int alignment)
    {
        int page = Environment.SystemPageSize;
        long padded = (bytes + alignment - 1) / alignment * alignment;
        long usable = (padded + page - 1) / page * page;
        _length = (nuint)(usable + (2 * page));
        _mapping = mmap(0, _length, ProtectionNone, PrivateAnonymous, -1, 0);
        if (_mapping == -1 || (usable > 0 && mprotect(_mapping + page, (nuint)usable, ReadWrite) != 0))
            throw new OutOfMemoryException("The guarded memory could not be mapped.");

        Address = (byte*)_mapping + page + usable - padded;
    }

    public byte* Address { get; }

    public void Dispose()
    {
        if (munmap(_mapping, _length) != 0)
            throw new InvalidOperationException("The guarded memory could not be unmapped.");
    }

    [DllImport("libc")]
    private static extern nint mmap(nint address, nuint length, int protection, int flags, int file, nint offset);

    [DllImport("libc")]
    private static extern int mprotect(nint address, nuint length, int protection);

    [DllImport("libc")]
    private static extern int munmap(nint address, nuint length);
}
