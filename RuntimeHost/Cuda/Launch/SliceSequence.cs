using KernelGen.Cuda.Memory;
using KernelGen.Kernels;
using KernelGen.Planning;

namespace KernelGen.Cuda.Launch;

/// <summary>
/// Runs the slices of a plan one after the other. When memory runs out it halves what is launched at once and goes on with the first rows that are not
/// finished: slices do not depend on each other and a kernel gives the same bits in any slice, so nothing is done twice and nothing is lost.
/// </summary>
internal struct SliceSequence
{
    private readonly SliceLauncher _launcher;
    private readonly LoadedKernel _kernel;
    private readonly WorkspacePool _workspaces;
    private readonly SlicePlan _plan;
    private readonly nint _stream;
    private readonly bool _ownsWorkspace;
    private KernelArguments _arguments;
    private PassSize _pass;
    private bool _shrunk;

    public SliceSequence(
        SliceLauncher launcher, LoadedKernel kernel, WorkspacePool workspaces, SlicePlan plan, in KernelArguments arguments, nint stream)
    {
        (_launcher, _kernel, _workspaces, _plan, _stream) = (launcher, kernel, workspaces, plan, stream);
        _arguments = arguments;
        _ownsWorkspace = arguments.Scores == 0;
        _pass = PassSize.Of(plan);
    }

    /// <summary>The most workspace that was taken.</summary>
    public long WorkspaceBytes { get; private set; }

    /// <summary>The plan with the slices that really ran.</summary>
    public readonly SlicePlan FinalPlan => _shrunk ? _plan.WithSlices(_pass.Heads, _pass.Rows) : _plan;

    /// <summary>Runs a slice.</summary>
    /// <param name="slice">The slice.</param>
    /// <param name="waitForEachPass">Wait after each pass, so that an error that only shows later is known to be this pass's.</param>
    /// <param name="stream">The stream to wait for.</param>
    public void Run(SliceRange slice, bool waitForEachPass, CudaStream? stream)
    {
        int head = 0;
        while (head < slice.HeadCount)
        {
            int heads = Math.Min(_pass.Heads, slice.HeadCount - head);
            int row = 0;
            while (row < slice.RowCount)
            {
                int rows = Math.Min(_pass.Rows, slice.RowCount - row);
                try
                {
                    LaunchPass(new(slice.HeadBegin + head, heads, slice.RowBegin + row, rows));
                    if (waitForEachPass)
                    {
                        stream!.Synchronize();
                    }

                    row += rows;
                }
                catch (CudaException fault) when (fault.IsOutOfMemory && _ownsWorkspace && row == 0 && TryShrink())
                {
                    heads = Math.Min(_pass.Heads, heads);
                }
                catch (CudaException fault) when (fault.IsOutOfMemory && _ownsWorkspace && row > 0 && TryShrinkRows())
                {
                    // Rows before this one are finished for all of these heads: only the rows may get fewer.
                }
            }

            head += heads;
        }
    }

    private void LaunchPass(SliceRange pass)
    {
        if (_ownsWorkspace)
        {
            // The plan's own number while its slices run as planned, so that what was measured equals what was planned.
            long bytes = _shrunk ? _plan.Variant.Footprint.ScoreBytes(_pass.Heads, _pass.Rows, _plan.Shape.Keys) : _plan.WorkspaceBytes;
            _arguments.Scores = _workspaces.Rent(_stream, bytes);
            WorkspaceBytes = bytes;
        }

        _arguments.HeadBegin = pass.HeadBegin;
        _arguments.HeadCount = pass.HeadCount;
        _arguments.RowBegin = pass.RowBegin;
        _arguments.RowCount = pass.RowCount;
        _launcher.Launch(_kernel, _arguments, _stream);
    }

    private bool TryShrink() => _pass.TryHalve(_plan.Variant.Footprint.TileRows, out PassSize smaller) && Take(smaller);

    private bool TryShrinkRows() =>
        new PassSize(1, _pass.Rows).TryHalve(_plan.Variant.Footprint.TileRows, out PassSize smaller) && Take(_pass with { Rows = smaller.Rows });

    private bool Take(PassSize smaller)
    {
        _workspaces.Trim();
        _pass = smaller;
        _shrunk = true;
        return true;
    }
}
