using KernelGen.Kernels;
using KernelGen.Planning;

namespace KernelGen.Cpu;

/// <summary>The slice that is running: hands its tiles out to the workers.</summary>
/// <remarks>
/// Workers take the next tiles from a counter, so that a slow one holds nobody up. Tiles of a head follow each other, because they read the same
/// keys; causal ones come longest first, so that short ones fill the end. A kernel takes as many tiles at a time as it can, which is faster, as long as
/// there is enough for everybody. The workspace is the workers' scratch, then the scores tile by tile.
/// </remarks>
internal sealed unsafe class CpuSliceRun : IDisposable
{
    // With so many calls a worker that is one of them ahead of another has waited for at most three percent of the time.
    private const int CallsPerWorker = 32;

    private readonly CpuWorkers _workers;
    private readonly int _threads;
    private SlicePlan _plan = null!;
    private CpuKernel _kernel = null!;
    private KernelArguments _call;
    private byte* _workspace;
    private bool _checkFinite;
    private CancellationToken _cancellationToken;
    private SliceRange _slice;
    private long _rowTiles;
    private long _tiles;
    private int _tilesPerCall;
    private long _rowCalls;
    private long _calls;
    private long _nextCall;
    private long _nonFiniteRows;

    /// <summary>Starts the threads.</summary>
    /// <param name="threads">Workers, the calling thread included.</param>
    public CpuSliceRun(int threads)
    {
        _threads = threads;
        _workers = new(threads, Work);
    }

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
        int workers = WorkersFor(_plan), most = _plan.Variant.Cpu!.TilesPerCall;
        _tilesPerCall = workers == 1 || _tiles >= (long)workers * CallsPerWorker * most ? most : 1;
        _rowCalls = (_rowTiles + _tilesPerCall - 1) / _tilesPerCall;
        _calls = _slice.HeadCount * _rowCalls;
        _nextCall = 0;
        _workers.Run();
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose() => _workers.Dispose();

    // A plan made for fewer threads takes no more memory than it says.
    private int WorkersFor(SlicePlan plan) => Math.Min(_threads, plan.Workers);

    private void Work(int worker)
    {
        KernelFootprint footprint = _plan.Variant.Footprint;
        long workers = Math.Min(WorkersFor(_plan), _tiles);
        if (worker >= workers)
        {
            return;
        }

        byte* scratch = _workspace + (worker * footprint.WorkerBytes);
        byte* scores = _workspace + (workers * footprint.WorkerBytes);
        long scoreBytes = footprint.ScoreBytesPerTile(_plan.Shape.Keys);
        bool causal = _call.Causal != 0;
        try
        {
            while (!_cancellationToken.IsCancellationRequested)
            {
                long index = Interlocked.Increment(ref _nextCall) - 1;
                if (index >= _calls)
                {
                    return;
                }

                (long head, long rowCall) = causal
                    ? (index % _slice.HeadCount, _rowCalls - 1 - (index / _slice.HeadCount))
                    : Math.DivRem(index, _rowCalls);
                long rowTile = rowCall * _tilesPerCall;
                RunTiles(
                    _slice.HeadBegin + (int)head,
                    _slice.RowBegin + (int)(rowTile * footprint.TileRows),
                    scratch,
                    scoreBytes == 0 ? null : (float*)(scores + (((head * _rowTiles) + rowTile) * scoreBytes)));
            }
        }
        catch
        {
            // The others need not finish what will be reported as failed.
            Volatile.Write(ref _nextCall, _calls);
            throw;
        }
    }

    private void RunTiles(int head, int rowBegin, byte* scratch, float* scores)
    {
        int rowEnd = (int)Math.Min((long)rowBegin + ((long)_tilesPerCall * _plan.Variant.Footprint.TileRows), (long)_slice.RowBegin + _slice.RowCount);
        _kernel(_call, head, rowBegin, rowEnd, scratch, scores);
        if (_checkFinite)
        {
            int rows = Execution.NonFiniteRows.Count(_call, _plan.ElementType, _plan.Shape.HeadDim, head, rowBegin, rowEnd);
            Interlocked.Add(ref _nonFiniteRows, rows);
        }
    }
}
