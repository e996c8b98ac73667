using KernelGen.Kernels;
using KernelGen.Planning;
using Microsoft.Extensions.Logging;

namespace KernelGen.Cuda.Launch;

/// <summary>
/// Runs the slices of a plan one after the other. When memory runs out it halves what is launched at once and goes on with what is not
/// finished: slices do not depend on each other and a kernel gives the same bits in any slice, so nothing is done twice and nothing is
/// lost.
/// </summary>
internal struct SliceSequence
{
    private readonly SliceLauncher _launcher;
    private readonly LoadedKernel _kernel;
    private readonly SlicePlan _plan;
    private readonly nint _stream;
    private readonly bool _waits;
    private readonly ILogger _logger;
    private readonly bool _usesPool;
    private KernelArguments _arguments;
    private SliceSize _pass;
    private bool _shrunk;
    private int _slice;

    /// <summary>A sequence that has not begun.</summary>
    /// <param name="launcher">Launches.</param>
    /// <param name="kernel">The plan's kernel.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="arguments">The call. With a workspace of the caller's, passes are not made smaller: memory that runs out then is not
    /// the workspace.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="waits">Wait for each pass, so that an error that only shows later is known to be its own.</param>
    /// <param name="logger">Told when passes are made smaller.</param>
    public SliceSequence(
        SliceLauncher launcher, LoadedKernel kernel, SlicePlan plan, in KernelArguments arguments, nint stream, bool waits, ILogger logger)
    {
        (_launcher, _kernel, _plan, _stream, _waits, _logger) = (launcher, kernel, plan, stream, waits, logger);
        _arguments = arguments with { KeySplits = plan.KeySplits };
        _usesPool = arguments.Scores == 0;
        // A materialized kernel works on at most its slice size at once; a preset's slice may be longer.
        _pass = new(
            plan.HeadsPerSlice,
            plan.Variant.Family == KernelFamily.Materialized ? Math.Min(plan.RowsPerSlice, plan.Variant.SliceRows) : plan.RowsPerSlice);
    }

    /// <summary>Passes that were run, or launched: as many as the plan has slices, unless they had to be made smaller.</summary>
    public int Passes { get; private set; }

    /// <summary>The most workspace that was taken from the pool.</summary>
    public long WorkspaceBytes { get; private set; }

    /// <summary>The plan with the slices that really ran.</summary>
    public readonly SlicePlan FinalPlan => _shrunk ? _plan.WithSlices(_pass.Heads, _pass.Rows) : _plan;

    /// <summary>Runs the slice with an index.</summary>
    /// <exception cref="CudaException">A launch failed, or work on the stream; the message says how far the plan has come.</exception>
    /// <exception cref="AttentionMemoryException">Not even one tile of one head could be run.</exception>
    public void Run(int slice)
    {
        _slice = slice;
        Run(_plan[slice]);
    }

    private void Run(SliceRange rest)
    {
        while (rest.RowCount > 0)
        {
            int heads = _pass.Heads;
            if (rest.HeadCount > heads)
            {
                Run(rest with { HeadCount = heads });
                rest = rest with { HeadBegin = rest.HeadBegin + heads, HeadCount = rest.HeadCount - heads };
            }
            else
            {
                int rows = Math.Min(_pass.Rows, rest.RowCount);
                if (TryRunPass(rest with { RowCount = rows }))
                {
                    rest = rest with { RowBegin = rest.RowBegin + rows, RowCount = rest.RowCount - rows };
                }
            }
        }
    }

    // False when memory ran out and the next pass is to be smaller.
    private bool TryRunPass(in SliceRange pass)
    {
        // The plan's own number while its slices run as planned, so that what is measured is what was planned.
        long bytes = _shrunk
            ? _plan.Variant.Footprint.Bytes(pass.HeadCount, pass.RowCount, _plan.Shape.Keys, workers: 0, _plan.KeySplits)
            : _plan.WorkspaceBytes;
        _arguments.HeadBegin = pass.HeadBegin;
        _arguments.HeadCount = pass.HeadCount;
        _arguments.RowBegin = pass.RowBegin;
        _arguments.RowCount = pass.RowCount;
        try
        {
            _launcher.Launch(_kernel, _plan, _arguments, bytes, _stream);
            if (_waits)
            {
                _launcher.Wait(_stream);
            }
        }
        catch (CudaException fault) when (fault.IsOutOfMemory && _usesPool)
        {
            // What the pass had taken is of no use to a smaller one, and other calls may need it.
            _launcher.Trim();
            if (!new SliceSize(pass.HeadCount, pass.RowCount).TryHalve(_plan.Variant.Footprint.TileRows, out SliceSize smaller))
            {
                throw MemoryFault.ForWorkspace(_plan, bytes, fault);
            }

            // The slice may be a short last one: its rows say nothing about those of the others while there are heads to take away.
            (_pass, _shrunk) = (pass.HeadCount > 1 ? _pass with { Heads = smaller.Heads } : smaller, true);
            CudaLog.Shrunk(_logger, fault, _plan.Variant.Id, _pass.Heads, _pass.Rows);
            return false;
        }
        catch (CudaException fault)
        {
            throw fault.While(
                Invariant($"Slice {_slice + 1} of {_plan.SliceCount} of {_plan.Variant.Id} failed, the output is incomplete"));
        }

        Passes++;
        WorkspaceBytes = Math.Max(WorkspaceBytes, _usesPool ? bytes : 0);
        return true;
    }
}
