using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace KernelGen.Lab.CpuPeers;

/// <summary>
/// Reads as many bytes as keys and values have, from end to end, and does nothing else: what a call that is bound by memory could reach.
/// Each thread reads one part.
/// </summary>
internal sealed class StreamingRead : IContender
{
    private const int VectorsAtOnce = 8;

    private readonly byte[] _memory;
    private readonly int _partBytes;
    private readonly Thread[] _threads;
    private readonly ulong[] _sums;
    private readonly Barrier _barrier;
    private bool _ended;

    /// <summary>Gets memory and threads.</summary>
    /// <param name="bytes">How much is read.</param>
    public StreamingRead(long bytes, int threads)
    {
        int step = VectorsAtOnce * Vector<byte>.Count;
        _partBytes = checked((int)(bytes / threads / step * step));
        _memory = new byte[_partBytes * threads];

        // Pages that were never written to are all the same page.
        _memory.AsSpan().Fill(1);
        _sums = new ulong[threads];
        _barrier = new(threads);
        _threads = new Thread[threads - 1];
        for (int i = 0; i < _threads.Length; i++)
        {
            int part = i + 1;
            _threads[i] = new(() => Work(part)) { IsBackground = true };
            _threads[i].Start();
        }
    }

    /// <summary>Bytes that a run reads.</summary>
    public long Bytes => _memory.Length;

    /// <summary>Of every byte that was read: nothing can be left out.</summary>
    public ulong Sum => _sums.Aggregate((sum, part) => sum + part);

    /// <inheritdoc/>
    public void Run()
    {
        _barrier.SignalAndWait();
        _sums[0] = Read(Part(0));
        _barrier.SignalAndWait();
    }

    /// <inheritdoc/>
    public void ReadOutput(float[] output) => throw new NotSupportedException("A read computes nothing.");

    /// <inheritdoc/>
    public void Dispose()
    {
        _ended = true;
        _barrier.SignalAndWait();
        foreach (Thread thread in _threads)
            thread.Join();
        _barrier.Dispose();
    }

    private ReadOnlySpan<byte> Part(int index) => _memory.AsSpan(index * _partBytes, _partBytes);

    private void Work(int part)
    {
        while (true)
        {
            _barrier.SignalAndWait();
            if (_ended)
                return;
            _sums[part] = Read(Part(part));
            _barrier.SignalAndWait();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static ulong Read(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<Vector<ulong>> vectors = MemoryMarshal.Cast<byte, Vector<ulong>>(bytes);
        Vector<ulong> a = default, b = default, c = default, d = default, e = default, f = default, g = default, h = default;
        for (int i = 0; i + VectorsAtOnce <= vectors.Length; i += VectorsAtOnce)
        {
            ReadOnlySpan<Vector<ulong>> next = vectors.Slice(i, VectorsAtOnce);
            a += next[0];
            b += next[1];
            c += next[2];
            d += next[3];
            e += next[4];
            f += next[5];
            g += next[6];
            h += next[7];
        }

        return Vector.Sum(a + b + c + d + e + f + g + h);
    }
}
