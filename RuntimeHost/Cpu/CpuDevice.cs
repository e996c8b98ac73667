using System.Diagnostics;
using KernelGen.Execution;
using KernelGen.Kernels;
using KernelGen.Planning;

namespace KernelGen.Cpu;

/// <summary>This machine's processor: generated C# kernels on a fixed set of threads.</summary>
/// <remarks>
/// Calls from several threads are safe and run one after the other. After the first call of a size, a call allocates nothing. The result
/// does not depend on the number of threads, nor on the vector path where the processor has fused multiply-add. Threads and workspace of a
/// device that is dropped without <see cref="Dispose"/> end when the garbage collector finds it.
/// </remarks>
public sealed unsafe class CpuDevice : IAttentionDevice
{
    /// <summary>The most threads that can be asked for.</summary>
    public const int MaxThreads = 1024;

    // Reading the system's files takes longer than planning; what is free does not change that fast, and plans keep a margin.
    private const long MillisecondsBetweenMeasurements = 100;

    private readonly DeviceLifetime _lifetime = new();
    private readonly Lock _runGate = new();
    private readonly Lock _budgetGate = new();
    private readonly CpuWorkspace _workspace = new();
    private readonly CpuSliceRun _sliceRun;
    private MemoryBudget _measured;
    private long? _measuredAt;

    /// <summary>Starts the threads.</summary>
    /// <param name="options">Threads and vector path; everything the machine has by default.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number of threads is not positive.</exception>
    /// <exception cref="DeviceNotUsableException">The machine does not have the vector path.</exception>
    public CpuDevice(CpuDeviceOptions? options = null)
    {
        options ??= new();
        Threads = options.Threads ?? Environment.ProcessorCount;
        if (Threads is < 1 or > MaxThreads)
        {
            throw new ArgumentOutOfRangeException(nameof(options), Threads,
                Invariant($"The number of threads must be from 1 to {MaxThreads}."));
        }

        VectorPath = CpuCapabilities.Resolve(options.VectorPath);
        Profile = CpuCapabilities.Profile(VectorPath, Threads, CpuMemoryProbe.TotalBytes());
        Name = Invariant($"CPU ({CpuCapabilities.NameOf(VectorPath)}, {Threads} thread{(Threads == 1 ? "" : "s")})");
        _sliceRun = new(Threads, Profile);
    }

    /// <summary>Threads that work on a call, the calling one included.</summary>
    public int Threads { get; }

    /// <summary>The vector path that was chosen.</summary>
    public CpuVectorPath VectorPath { get; }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public IReadOnlyList<KernelTarget> Targets { get; } = [KernelTarget.Cpu];

    /// <inheritdoc/>
    public DeviceProfile Profile { get; }

    /// <summary>Bytes of workspace that are kept for the next call: as many as the largest one took, 0 after <see cref="Trim"/>.</summary>
    /// <remarks>Does not wait for a running call.</remarks>
    public long PooledBytes => _workspace.Capacity;

    /// <inheritdoc/>
    public string? ReasonAgainst(KernelVariant variant)
    {
        ArgumentNullException.ThrowIfNull(variant);
        return variant.Cpu is null ? $"{variant.Id} is not a CPU kernel; plan with the host that runs the plan." : null;
    }

    /// <inheritdoc/>
    /// <remarks>
    /// The system is asked at most ten times a second. Workspace that is kept for the next call counts as free, because the next call uses
    /// it.
    /// </remarks>
    /// <exception cref="ObjectDisposedException">The device was disposed.</exception>
    public MemoryBudget MeasureBudget()
    {
        ObjectDisposedException.ThrowIf(_lifetime.IsClosed, this);
        lock (_budgetGate)
        {
            long now = Environment.TickCount64;
            if (_measuredAt is not { } measuredAt || now - measuredAt >= MillisecondsBetweenMeasurements)
            {
                _measured = CpuMemoryProbe.Measure();
                _measuredAt = now;
            }

            return _measured with { FreeBytes = _measured.FreeBytes + PooledBytes };
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The plan's variant is not for the CPU.</exception>
    /// <exception cref="ObjectDisposedException">The device was disposed.</exception>
    /// <exception cref="AttentionMemoryException">The workspace could not be allocated, nor that of any smaller plan.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled; the output is incomplete.</exception>
    public RunReport Run(SlicePlan plan, in KernelArguments arguments, AttentionOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Run(plan, arguments, options.CheckFinite, options.Progress, options.CancellationToken);
    }

    /// <inheritdoc/>
    /// <remarks>On the CPU, device memory is host memory, and the call returns when it is done.</remarks>
    /// <exception cref="ArgumentException">The plan's variant is not for the CPU, or <paramref name="stream"/> is not 0.</exception>
    public void Launch(SlicePlan plan, in KernelArguments arguments, nint stream)
    {
        if (stream != 0)
        {
            throw new ArgumentException("The CPU has no streams; pass 0.", nameof(stream));
        }

        Run(plan, arguments, checkFinite: false, progress: null, CancellationToken.None);
    }

    /// <summary>Gives the workspace that is kept between calls back to the system, after the call that is running.</summary>
    /// <exception cref="InvalidOperationException">This is the progress callback of a call.</exception>
    /// <exception cref="ObjectDisposedException">The device was disposed.</exception>
    public void Trim()
    {
        using DeviceLifetime.Call call = _lifetime.EnterAlone(this, "trimmed");
        lock (_runGate)
        {
            ObjectDisposedException.ThrowIf(_lifetime.IsClosed, this);
            _workspace.Trim();
        }
    }

    /// <summary>
    /// Ends the threads and frees the workspace, after the call that is running. Calls that wait for their turn are refused.
    /// </summary>
    /// <exception cref="InvalidOperationException">This is the progress callback of a call.</exception>
    public void Dispose()
    {
        if (_lifetime.Close(this))
        {
            _sliceRun.Dispose();
            _workspace.Dispose();
            _lifetime.Released();
        }
    }

    private RunReport Run(
        SlicePlan plan, in KernelArguments arguments, bool checkFinite, IProgress<AttentionProgress>? progress,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(plan);
        using DeviceLifetime.Call call = _lifetime.EnterAlone(this, "used");
        lock (_runGate)
        {
            // The device may have been disposed while this call waited for its turn.
            ObjectDisposedException.ThrowIf(_lifetime.IsClosed, this);
            try
            {
                return RunAlone(plan, arguments, checkFinite, progress, cancellationToken);
            }
            finally
            {
                // Keeps a finalizer from freeing the workspace and ending the threads during a call that holds the last reference.
                GC.KeepAlive(this);
            }
        }
    }

    private RunReport RunAlone(
        SlicePlan plan, in KernelArguments arguments, bool checkFinite, IProgress<AttentionProgress>? progress,
        CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        byte* workspace = Rent(ref plan, out long workspaceBytes);
        CpuKernel kernel = CpuCapabilities.KernelFor(plan.Variant.Cpu!, VectorPath);
        _sliceRun.Begin(plan, kernel, arguments, workspace, checkFinite, cancellationToken);
        int slices = 0;
        foreach (SliceRange slice in plan)
        {
            _sliceRun.Run(slice);
            cancellationToken.ThrowIfCancellationRequested();
            progress?.Report(new(++slices, plan.SliceCount));
        }

        return new(plan, plan.SliceCount, workspaceBytes, Stopwatch.GetElapsedTime(start), checkFinite ? _sliceRun.NonFiniteRows : null);
    }

    // Memory may have gone since the plan was made; a smaller plan then gives the same bits.
    private byte* Rent(ref SlicePlan plan, out long bytes)
    {
        SlicePlan asked = plan;
        while (true)
        {
            if (plan.Variant.Cpu is null)
            {
                throw new ArgumentException($"The plan's kernel {plan.Variant.Id} is not for the CPU; plan with {Name}.", nameof(plan));
            }

            bytes = _sliceRun.WorkspaceBytes(plan);
            byte* workspace = _workspace.TryRent(bytes);
            if (workspace is not null || bytes == 0)
            {
                return workspace;
            }

            plan = plan.NextAfterOutOfMemory() ?? throw new AttentionMemoryException(
                Invariant($"{bytes} bytes of workspace for {plan} could not be allocated. The plan asked for was {asked}, made with ")
                    + Invariant($"{asked.Budget.FreeBytes} bytes free ({asked.Budget.Source}). ")
                    + "Free memory, or plan with a smaller budget.")
            {
                Shape = plan.Shape,
                ElementType = plan.ElementType,
                Policy = plan.Policy,
                NeededBytes = bytes,
                FreeBytes = plan.Budget.FreeBytes,
                ReserveBytes = plan.Budget.ReserveBytes,
                PlanTried = plan.ToString(),
            };
        }
    }
}
