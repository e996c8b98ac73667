using KernelGen.Cpu.Kernels;
using KernelGen.Kernels;
using KernelGen.Planning;
using KernelGen.Tensors;

namespace KernelGen.Cpu;

/// <summary>The slice that is running: hands its tiles out to the workers.</summary>
/// <remarks>
/// Workers take the next tiles from a counter, so that a slow one delays none of the others. Tiles of a head follow each other, because
/// they read the same keys; causal ones come longest first, so that short ones fill the end. A kernel takes as many tiles at a time as it
/// can, which is faster, until the last few, which go one by one, so that all workers end at about the same time. The workspace is the
/// workers' scratch, then the scores tile by tile.
/// </remarks>
internal sealed unsafe class CpuSliceRun : IDisposable
{
    // Tiles of each worker that are kept for the end.
    private const int LastTiles = 4;

    private readonly CpuWorkers _workers;
    private readonly Action<int> _work;
    private readonly int _threads;
    private readonly double _flopsPerSecond;
    private readonly double _bytesPerSecond;
    private SlicePlan _plan = null!;
    private CpuKernel _kernel = null!;
    private KernelArguments _call;
    private byte* _workspace;
    private bool _checkFinite;
    private CancellationToken _cancellationToken;
    private SliceRange _slice;
    private long _rowTiles;
    private long _tiles;
    private long _groups;
    private long _places;
    private long _nextPlace;
    private long _nonFiniteRows;
    private int _chunks;
    private int[] _chunksLeft = [];

    /// <summary>Starts the threads.</summary>
    /// <param name="threads">Workers, the calling thread included.</param>
    /// <param name="profile">How fast they are together.</param>
    public CpuSliceRun(int threads, DeviceProfile profile)
    {
        _threads = threads;
        (_flopsPerSecond, _bytesPerSecond) = (profile.FlopsPerSecond / threads, profile.BytesPerSecond / threads);
        _workers = new(threads);
        _work = Work;
    }

    /// <summary>
    /// The work that a worker has to get to be woken: about twice of what it takes to wake one and to wait for it. 0, in tests, wakes as
    /// many as there are tiles.
    /// </summary>
    internal static double SecondsWorthAWorker { get; set; } = 10e-6;

    /// <summary>Rows with a NaN or an infinity that were met since <see cref="Begin"/>.</summary>
    public long NonFiniteRows => _nonFiniteRows;

    /// <summary>Bytes that the largest slice of a plan takes.</summary>
    /// <param name="plan">The plan.</param>
    public long WorkspaceBytes(SlicePlan plan)
    {
        long bytes = 0;
        foreach (SliceRange slice in plan)
        {
            bytes = Math.Max(bytes, plan.Variant.Footprint.Bytes(slice.HeadCount, slice.RowCount, plan.Shape.Keys, WorkersFor(plan)));
        }

        return bytes;
    }

    /// <summary>Takes a call.</summary>
    /// <param name="plan">Its plan.</param>
    /// <param name="kernel">The kernel for this machine's vectors.</param>
    /// <param name="call">Addresses, strides and flags.</param>
    /// <param name="workspace">As many bytes as <see cref="WorkspaceBytes"/> says.</param>
    /// <param name="checkFinite">Look at the output.</param>
    /// <param name="cancellationToken">Looked at before each call of the kernel.</param>
    public void Begin(
        SlicePlan plan, CpuKernel kernel, in KernelArguments call, byte* workspace, bool checkFinite, CancellationToken cancellationToken)
    {
        _plan = plan;
        _kernel = kernel;
        _call = call;
        _workspace = workspace;
        _checkFinite = checkFinite;
        _cancellationToken = cancellationToken;
        _nonFiniteRows = 0;
    }

    /// <summary>Runs a slice; returns early when the call is cancelled.</summary>
    /// <param name="slice">The slice.</param>
    public void Run(in SliceRange slice)
    {
        _slice = slice;
        _call.HeadBegin = slice.HeadBegin;
        _call.HeadCount = slice.HeadCount;
        _call.RowBegin = slice.RowBegin;
        _call.RowCount = slice.RowCount;
        _tiles = _plan.Variant.Footprint.Tiles(slice.HeadCount, slice.RowCount);
        _rowTiles = _tiles / slice.HeadCount;
        _nextPlace = 0;
        if (Footprint.ChunksApart)
        {
            PrepareChunks();
        }
        else
        {
            _groups = (_rowTiles + TilesPerCall - 1) / TilesPerCall;
            _places = _slice.HeadCount * _groups * TilesPerCall;
        }

        _workers.Run(_work, WorkersWorthWaking());
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose() => _workers.Dispose();

    private KernelFootprint Footprint => _plan.Variant.Footprint;

    private int TilesPerCall => _plan.Variant.Cpu!.TilesPerCall;

    // Query heads that share a key/value head.
    private int HeadsPerGroup => _call.Heads / _call.KeyValueHeads;

    private int FirstGroup => _slice.HeadBegin / HeadsPerGroup;

    // Workers that have scratch.
    private long Scratches => Footprint.Scratches(_slice.HeadCount, _slice.RowCount, _plan.Shape.Keys, WorkersFor(_plan));

    private void PrepareChunks()
    {
        _groups = ((_slice.HeadBegin + _slice.HeadCount - 1) / HeadsPerGroup) + 1 - FirstGroup;
        _chunks = KeyBlocks.ChunksOf(_plan.Shape.Keys, Footprint.ChunkKeys);
        _places = _groups * _chunks;
        if (_chunksLeft.Length < _groups)
        {
            _chunksLeft = new int[_groups];
        }

        _chunksLeft.AsSpan(0, (int)_groups).Fill(_chunks);
    }

    // As many as have work, and enough to do: a short slice would be over before they are awake.
    private int WorkersWorthWaking()
    {
        double pairs = (double)_slice.HeadCount * _slice.RowCount * _plan.Shape.Keys * (_call.Causal != 0 ? 0.5 : 1);
        long reads = Footprint.ChunksApart ? _groups : _slice.HeadCount;
        double bytes = 2.0 * reads * _plan.Shape.Keys * _plan.Shape.HeadDim * _plan.ElementType.SizeInBytes();
        double seconds = Math.Max(4 * pairs * _plan.Shape.HeadDim / _flopsPerSecond, bytes / _bytesPerSecond);
        return WorkersWorthWaking(seconds, SecondsWorthAWorker, (int)Math.Min(Scratches, _places));
    }

    /// <summary>The number of workers that a slice is worth.</summary>
    /// <param name="seconds">What it would take one worker.</param>
    /// <param name="secondsWorthAWorker">What a worker has to get.</param>
    /// <param name="most">Workers, or tiles where there are fewer.</param>
    /// <returns>From 1, the calling thread alone, to <paramref name="most"/>.</returns>
    internal static int WorkersWorthWaking(double seconds, double secondsWorthAWorker, int most) =>
        most <= 1 ? 1 : (int)Math.Clamp(seconds / secondsWorthAWorker, 1, most);

    // A plan made for fewer threads takes no more memory than it says.
    private int WorkersFor(SlicePlan plan) => Math.Min(_threads, plan.Workers);

    private void Work(int worker)
    {
        long workers = Scratches;
        if (worker >= workers)
        {
            return;
        }

        long scratchBytes = Footprint.ScratchBytes(_plan.Shape.Keys);
        byte* scratch = _workspace + (worker * scratchBytes);
        byte* scores = _workspace + (workers * scratchBytes);
        try
        {
            if (Footprint.ChunksApart)
            {
                WorkOnChunks(scratch, scores);
            }
            else
            {
                WorkOnTiles(workers, scratch, scores);
            }
        }
        catch
        {
            // The others need not finish what will be reported as failed.
            Volatile.Write(ref _nextPlace, _places);
            throw;
        }
    }

    // Chunks of a group of heads follow each other, because they are next to each other in memory.
    private void WorkOnChunks(byte* scratch, byte* partials)
    {
        long partialBytes = Footprint.PartialBytesPerTile(_plan.Shape.Keys, keySplits: 1) * _slice.RowCount;
        while (!_cancellationToken.IsCancellationRequested)
        {
            long place = Interlocked.Increment(ref _nextPlace) - 1;
            if (place >= _places)
            {
                return;
            }

            (long group, long chunk) = Math.DivRem(place, _chunks);
            int head = Math.Max((FirstGroup + (int)group) * HeadsPerGroup, _slice.HeadBegin);
            float* partial = (float*)(partials + ((head - _slice.HeadBegin) * partialBytes));
            _kernel(_call, head, (int)chunk, _chunks, scratch, partial);
            if (Interlocked.Decrement(ref _chunksLeft[group]) > 0)
            {
                continue;
            }

            if (_chunks > 1)
            {
                _kernel(_call, head, _chunks, _chunks, scratch, partial);
            }

            int headEnd = Math.Min((FirstGroup + (int)group + 1) * HeadsPerGroup, _slice.HeadBegin + _slice.HeadCount);
            for (; head < headEnd; head++)
            {
                CountNonFinite(head, _slice.RowBegin, _slice.RowBegin + _slice.RowCount);
            }
        }
    }

    private void WorkOnTiles(long workers, byte* scratch, byte* scores)
    {
        long scoreBytes = Footprint.ScoreBytesPerTile(_plan.Shape.Keys);
        bool causal = _call.Causal != 0;
        while (!_cancellationToken.IsCancellationRequested)
        {
            (long place, int tiles) = TakePlaces(workers);
            if (tiles == 0)
            {
                return;
            }

            (long index, long within) = Math.DivRem(place, TilesPerCall);
            (long head, long group) = causal
                ? (index % _slice.HeadCount, _groups - 1 - (index / _slice.HeadCount))
                : Math.DivRem(index, _groups);
            long rowTile = (group * TilesPerCall) + within;
            if (rowTile < _rowTiles)
            {
                RunTiles(
                    _slice.HeadBegin + (int)head,
                    _slice.RowBegin + (int)(rowTile * Footprint.TileRows),
                    tiles,
                    scratch,
                    scoreBytes == 0 ? null : (float*)(scores + (((head * _rowTiles) + rowTile) * scoreBytes)));
            }
        }
    }

    // Places are tiles in the order of the work, in groups of as many as a kernel takes at a time; the last group of a head may have places
    // without a tile.
    private (long Place, int Tiles) TakePlaces(long workers)
    {
        while (true)
        {
            long place = Volatile.Read(ref _nextPlace);
            if (place >= _places)
            {
                return (place, 0);
            }

            bool isEnd = workers > 1 && _places - place <= workers * LastTiles;
            int tiles = isEnd || place % TilesPerCall != 0 ? 1 : TilesPerCall;
            if (Interlocked.CompareExchange(ref _nextPlace, place + tiles, place) == place)
            {
                return (place, tiles);
            }
        }
    }

    private void RunTiles(int head, int rowBegin, int tiles, byte* scratch, float* scores)
    {
        int rowEnd = (int)Math.Min((long)rowBegin + ((long)tiles * Footprint.TileRows), (long)_slice.RowBegin + _slice.RowCount);
        _kernel(_call, head, rowBegin, rowEnd, scratch, scores);
        CountNonFinite(head, rowBegin, rowEnd);
    }

    private void CountNonFinite(int head, int rowBegin, int rowEnd)
    {
        if (_checkFinite)
        {
            int rows = Execution.NonFiniteRows.Count(_call, _plan.ElementType, _plan.Shape.HeadDim, head, rowBegin, rowEnd);
            Interlocked.Add(ref _nonFiniteRows, rows);
        }
    }
}
