using System.Diagnostics;
using System.Runtime.ExceptionServices;
using KernelGen.Cuda.Compilation;
using KernelGen.Cuda.Interop;
using KernelGen.Cuda.Launch;
using KernelGen.Execution;
using KernelGen.Kernels;
using KernelGen.Planning;
using KernelGen.Tensors;
using KernelGen.Tuning;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace KernelGen.Cuda;

/// <summary>
/// An NVIDIA GPU, in the context that was current when it was made, or in its primary one. Safe to use from several threads.
/// </summary>
/// <remarks>
/// What a device that is dropped without <see cref="Dispose"/> holds is given back when the garbage collector finds it; tensors, streams
/// and events, whose addresses and handles are known to others, are given back by their own <c>Dispose</c> alone.
/// </remarks>
public sealed unsafe class CudaDevice : IAttentionDevice, ITunableDevice
{
    /// <summary>NVRTC takes a few hundred megabytes for each compilation.</summary>
    private const int MaxCompilations = 8;

    private readonly CudaDriver _driver;
    private readonly CudaContext _context;
    private readonly KernelStore _store;
    private readonly KernelModules _modules;
    private readonly SliceLauncher _launcher;
    private readonly CudaStream _stream;
    private readonly Func<MemoryBudget>? _hostMemory;
    private readonly ILogger _logger;
    private readonly DeviceLifetime _lifetime = new();
    private readonly Lock _runGate = new();
    private volatile bool _hasLaunched;

    private CudaDevice(CudaDriver driver, CudaContext context, CudaDeviceLimits limits, KernelStore store, string? cacheFolder,
        CudaDeviceOptions options, ILogger logger)
    {
        (_driver, _context, Limits, _hostMemory, _logger) = (driver, context, limits, options.HostMemory, logger);
        _store = store;
        _modules = new(driver, store, limits);
        _launcher = new(driver, limits);
        MeasurementFolder = cacheFolder;
        Profile = limits.CreateProfile(options.ExperimentalKernels);
        _stream = new(driver, context, _launcher);
    }

    /// <summary>Gives back what a dropped device holds.</summary>
    ~CudaDevice()
    {
        if (_stream is null)
        {
            // The constructor failed, and its caller has released the context.
        }
        else if (_lifetime.TryClose())
        {
            Release();
        }
        else if (!_lifetime.IsClosed)
        {
            // A call that holds the last reference to its device is about to end.
            GC.ReRegisterForFinalize(this);
        }
    }

    /// <summary>The identity and limits of the GPU.</summary>
    public CudaDeviceLimits Limits { get; }

    /// <summary>
    /// What kernels are compiled for, such as <c>sm_90</c>, or <c>compute_90</c> (PTX) on a GPU newer than the compiler; <c>sm_90</c> while
    /// all kernels that were needed had been compiled in advance.
    /// </summary>
    public string Architecture => _store.Architecture;

    /// <inheritdoc/>
    public string Name =>
        Invariant($"{Limits.Name} (compute capability {Limits.ComputeCapabilityText}, kernels for {Architecture})");

    /// <inheritdoc/>
    public IReadOnlyList<KernelTarget> Targets => Limits.Targets;

    /// <inheritdoc/>
    public DeviceProfile Profile { get; }

    /// <summary>Bytes of workspace that are kept for streams until <see cref="Trim"/>.</summary>
    public long PooledBytes => _launcher.HeldBytes;

    /// <summary>A device on the current context, or on the primary one.</summary>
    /// <param name="options">GPU, compiler, cache and logger.</param>
    /// <exception cref="DeviceNotUsableException">There is no driver, no GPU, neither NVRTC nor a kernel compiled in advance, or the GPU is
    /// too old; the message says what to install.</exception>
    /// <exception cref="CudaException">The driver failed.</exception>
    public static CudaDevice Create(CudaDeviceOptions? options = null) => Create(options ?? new(), CudaLibraries.Shared);

    /// <summary>As the public method, with other libraries than the process's own.</summary>
    internal static CudaDevice Create(CudaDeviceOptions options, CudaLibraries libraries)
    {
        if (!libraries.TryGetDriver(out CudaDriver? driver, out string driverFault))
        {
            throw new DeviceNotUsableException(driverFault);
        }

        int count;
        driver.Check(driver.DeviceGetCount(&count), "cuDeviceGetCount");
        if (options.Ordinal < 0 || options.Ordinal >= count)
        {
            throw new DeviceNotUsableException(
                Invariant($"GPU {options.Ordinal} was asked for; the driver sees {count}, counted from 0. ")
                    + "CUDA_VISIBLE_DEVICES may hide some.");
        }

        CudaContext context = new(driver, options.Ordinal);
        try
        {
            CudaDeviceLimits limits = CudaDeviceLimits.Read(driver, context.Device);
            if (limits.ComputeCapability < CudaArchitecture.OldestComputeCapability)
            {
                throw new DeviceNotUsableException(
                    $"{limits.Name} has compute capability {limits.ComputeCapabilityText}; kernels need 7.5 (Turing) or newer. Use the "
                        + "CPU.");
            }

            ILogger logger = options.Logger ?? NullLogger.Instance;
            CubinCacheOptions cache = options.Cache ?? CubinCacheOptions.FromEnvironment();
            KernelsFolder? folder = KernelsFolder.Locate(options.PrecompiledKernels) is { } path ? new(path, logger) : null;
            CompilerSource compiler = options.Compiler is { } given ? new(given) : new(libraries);
            KernelStore store = new(folder, compiler, new(cache, logger), limits.ComputeCapability, logger);
            return new(driver, context, limits, store, cache.Folder, options, logger);
        }
        catch
        {
            context.Release();
            throw;
        }
    }

    /// <inheritdoc/>
    public string? ReasonAgainst(KernelVariant variant) => Limits.ReasonAgainst(variant) ?? _store.ReasonAgainst(variant);

    /// <summary>The origin of a kernel when it is first needed; null when the GPU cannot run it, or it cannot be had.</summary>
    /// <param name="kernel">The kernel.</param>
    public KernelOrigin? OriginOf(SpecializedKernel kernel)
    {
        ObjectDisposedException.ThrowIf(_lifetime.IsClosed, this);
        return Limits.ReasonAgainst(kernel.Variant) is null ? _store.OriginOf(kernel.Variant.Specialize(kernel.Specialization)) : null;
    }

    /// <inheritdoc/>
    /// <remarks>Workspace that is kept for streams counts as free: it is used again, or given back when memory runs out.</remarks>
    public MemoryBudget MeasureBudget()
    {
        using DeviceLifetime.Call call = _lifetime.Enter(this);
        if (Limits.IsIntegrated && _hostMemory is not null)
        {
            MemoryBudget host = _hostMemory();
            return host with { FreeBytes = host.FreeBytes + PooledBytes };
        }

        using CudaContext.Scope scope = _context.Enter();
        nuint free;
        nuint total;
        _driver.Check(_driver.MemGetInfo(&free, &total), "cuMemGetInfo");
        return new((long)free + PooledBytes, 0, "cuMemGetInfo");
    }

    /// <summary>Owned device memory.</summary>
    /// <typeparam name="T">The element type.</typeparam>
    /// <param name="length">Elements.</param>
    /// <exception cref="CudaException">It cannot be had.</exception>
    public DeviceTensor<T> Allocate<T>(long length)
        where T : unmanaged
    {
        using DeviceLifetime.Call call = _lifetime.Enter(this);
        return new(_driver, _context, length);
    }

    /// <summary>A stream of its own.</summary>
    public CudaStream CreateStream()
    {
        using DeviceLifetime.Call call = _lifetime.Enter(this);
        return new(_driver, _context, _launcher);
    }

    /// <summary>A mark for timing.</summary>
    public CudaEvent CreateEvent()
    {
        using DeviceLifetime.Call call = _lifetime.Enter(this);
        return new(_driver, _context);
    }

    /// <summary>Gives back the workspaces that are kept between calls, after the work that uses them.</summary>
    /// <exception cref="InvalidOperationException">This is the progress callback of a call.</exception>
    public void Trim()
    {
        using DeviceLifetime.Call call = _lifetime.EnterAlone(this, "trimmed");
        using CudaContext.Scope scope = _context.Enter();
        _launcher.Trim();
    }

    /// <summary>Compiles and loads a variant, if that has not been done, and returns what compiler and driver made of it.</summary>
    /// <param name="variant">A CUDA variant.</param>
    /// <param name="specialization">For what kind of calls; those without a mask by default.</param>
    /// <exception cref="DeviceNotUsableException">The GPU cannot run it.</exception>
    /// <exception cref="KernelCompilationException">The compiler refused it.</exception>
    /// <exception cref="CudaException">The driver refused it.</exception>
    public CudaKernelInfo Inspect(KernelVariant variant, KernelSpecialization specialization = default)
    {
        ArgumentNullException.ThrowIfNull(variant);
        LoadedKernel kernel = Load(variant.Specialize(specialization));
        return new(variant.Id, kernel.Origin, kernel.LoadTime, [.. kernel.Stages.Select(loaded => new CudaStageInfo(
            loaded.Stage.EntryPoint, loaded.Stage.Threads, loaded.Stage.SharedBytes, loaded.Registers, loaded.LocalBytes,
            loaded.ResidentBlocks, Limits.Multiprocessor.PromisedBlocks(loaded.Stage)))])
        {
            Specialization = variant.Specialize(specialization).Specialization,
            CompileLog = kernel.CompileLog,
        };
    }

    /// <summary>Compiles and loads kernels ahead of their first use, several at once, for calls without a mask.</summary>
    /// <remarks>The first call with a mask compiles a kernel of its own; name those with the other overload.</remarks>
    /// <param name="variants">Variants; those that the device does not run are passed over.</param>
    /// <param name="progress">Told how many are ready, from any thread.</param>
    /// <param name="cancellationToken">Stops between kernels; NVRTC itself cannot be interrupted.</param>
    /// <exception cref="KernelCompilationException">The compiler refused one.</exception>
    /// <exception cref="CudaException">The driver refused one.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; what is ready stays ready.</exception>
    public void Warmup(IEnumerable<KernelVariant> variants, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(variants);
        Warmup(variants.Select(variant => new SpecializedKernel(variant)), progress, cancellationToken);
    }

    /// <summary>Compiles and loads kernels ahead of their first use, several at once.</summary>
    /// <param name="kernels">Variants, and the kind of calls that they are compiled for; those that the device does not run are passed
    /// over.</param>
    /// <param name="progress">Told how many are ready, from any thread.</param>
    /// <param name="cancellationToken">Stops between kernels; NVRTC itself cannot be interrupted.</param>
    /// <exception cref="KernelCompilationException">The compiler refused one.</exception>
    /// <exception cref="CudaException">The driver refused one.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; what is ready stays ready.</exception>
    public void Warmup(
        IEnumerable<SpecializedKernel> kernels, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(kernels);
        int ready = 0;
        ParallelOptions parallel = new()
        {
            CancellationToken = cancellationToken,
            MaxDegreeOfParallelism = Math.Min(Environment.ProcessorCount, MaxCompilations),
        };
        try
        {
            Parallel.ForEach(kernels.Where(kernel => ReasonAgainst(kernel.Variant) is null)
                .Select(kernel => kernel.Variant.Specialize(kernel.Specialization)).Distinct(), parallel, kernel =>
            {
                Load(kernel);
                progress?.Report(Interlocked.Increment(ref ready));
            });
        }
        catch (AggregateException faults)
        {
            // The first is as good as any: whoever repairs it warms up again.
            ExceptionDispatchInfo.Throw(faults.InnerExceptions[0]);
        }
    }

    /// <inheritdoc/>
    /// <remarks>
    /// The tensors are copied to the GPU and back, which takes memory, too: when a plan does not fit beside them, its slices are made
    /// smaller, and the report has the plan that ran. Calls from several threads run one after the other. When a call fails the output has
    /// not been touched, unless it was the copying back that failed.
    /// </remarks>
    /// <exception cref="AttentionMemoryException">The tensors do not fit, or not even the smallest slice.</exception>
    /// <exception cref="KernelCompilationException">The compiler refused the kernel.</exception>
    /// <exception cref="CudaException">The driver failed.</exception>
    public RunReport Run(SlicePlan plan, in KernelArguments arguments, AttentionOptions options)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(options);
        long begin = Stopwatch.GetTimestamp();

        using DeviceLifetime.Call call = _lifetime.EnterAlone(this, "used");

        // Copies on the GPU begin at aligned addresses, wherever the host's tensors are.
        SlicePlan runs = PlanFor(plan, arguments with { Query = 0, Key = 0, Value = 0, Output = 0 });
        LoadedKernel kernel = Load(runs.Variant.Specialize(KernelSpecialization.Of(arguments)));
        lock (_runGate)
        {
            // The device may have been disposed while this call waited for its turn.
            ObjectDisposedException.ThrowIf(_lifetime.IsClosed, this);
            using CudaContext.Scope scope = _context.Enter();
            using HostTensorTransfer transfer = new(_driver, _launcher, runs, arguments, _stream.Handle);
            SliceSequence sequence = new(_launcher, kernel, runs, transfer.DeviceArguments, _stream.Handle, waits: true, _logger);
            for (int slice = 0; slice < runs.SliceCount; slice++)
            {
                options.CancellationToken.ThrowIfCancellationRequested();
                sequence.Run(slice);
                options.Progress?.Report(new(slice + 1, runs.SliceCount));
            }

            transfer.Download();
            _launcher.Wait(_stream.Handle);
            long? nonFiniteRows = options.CheckFinite ? NonFiniteRows.Count(runs, arguments) : null;
            return new(sequence.FinalPlan, sequence.Passes, sequence.WorkspaceBytes, Stopwatch.GetElapsedTime(begin), nonFiniteRows);
        }
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Nothing is copied, waited for or allocated, except that the first call, and the first with a mask, compiles and loads the kernel and
    /// that a stream's workspace is allocated when the first plan that needs one, or a larger one, is launched on it. It is kept for the
    /// stream: wait for the work on a stream of yours before you destroy it. With <see cref="KernelArguments.Scores"/> set, that memory is
    /// the workspace, <see cref="SlicePlan.WorkspaceBytes"/> long. When memory runs out in here the slices are made smaller. An error of
    /// work that is still running shows when the stream is waited for.
    /// </remarks>
    /// <exception cref="AttentionMemoryException">Not even the smallest slice fits.</exception>
    /// <exception cref="KernelCompilationException">The compiler refused the kernel.</exception>
    /// <exception cref="CudaException">The driver failed; slices that were launched before still run, and the output is
    /// incomplete.</exception>
    public void Launch(SlicePlan plan, in KernelArguments arguments, nint stream)
    {
        ArgumentNullException.ThrowIfNull(plan);
        using DeviceLifetime.Call call = _lifetime.EnterAlone(this, "used");
        using CudaContext.Scope scope = _context.Enter();
        _hasLaunched = true;
        SlicePlan runs = PlanFor(plan, arguments);
        SliceSequence sequence =
            new(_launcher, _modules.Get(runs.Variant.Specialize(KernelSpecialization.Of(arguments))), runs, arguments, stream, waits: false,
                _logger);
        for (int slice = 0; slice < runs.SliceCount; slice++)
        {
            sequence.Run(slice);
        }
    }

    /// <summary>
    /// Gives back everything but tensors, streams and events, which may be disposed later. Waits for the calls that have begun and for the
    /// work that was launched; calls that wait for their turn are refused.
    /// </summary>
    /// <exception cref="InvalidOperationException">This is the progress callback of a call.</exception>
    public void Dispose()
    {
        if (_lifetime.Close(this))
        {
            Release();
            _lifetime.Released();
            GC.SuppressFinalize(this);
        }
    }

    /// <inheritdoc/>
    string ITunableDevice.TimingIdentity => $"{Limits.Name}, driver for CUDA {_driver.VersionText}";

    /// <inheritdoc/>
    string? ITunableDevice.MeasurementFolder => MeasurementFolder;

    private string? MeasurementFolder { get; }

    /// <inheritdoc/>
    string ITunableDevice.CodeIdentity(KernelVariant variant) => _store.CodeIdentity(variant.Specialize(KernelSpecialization.None));

    /// <inheritdoc/>
    int? ITunableDevice.ResidentBlocks(KernelVariant variant) => _modules.Find(new(variant))?.Stages[0].ResidentBlocks;

    /// <inheritdoc/>
    ITimedTensors ITunableDevice.AllocateTensors(in AttentionShape shape, ElementType elementType)
    {
        using DeviceLifetime.Call call = _lifetime.Enter(this);
        return new CudaTimedTensors(this, _driver, _context, shape, elementType);
    }

    /// <inheritdoc/>
    bool ITunableDevice.IsOfOneKernel(Exception fault) =>
        fault is KernelCompilationException or DeviceNotUsableException or AttentionMemoryException or CudaException
            { IsContextLost: false };

    /// <inheritdoc/>
    bool ITunableDevice.IsOutOfMemory(Exception fault) => fault is CudaException { IsOutOfMemory: true };

    // Tensor copies demand alignment; where a call has none, a kernel that reads element by element takes its place.
    private static SlicePlan PlanFor(SlicePlan plan, in KernelArguments arguments) =>
        !plan.Variant.TakesTensorMaps || TensorMaps.Unaligned(plan.Variant, plan.Shape, arguments) is not { } tensor
            ? plan
            : plan.ForUnalignedTensors ?? throw new ArgumentException(
                $"{plan.Variant.Id} needs addresses and strides that are multiples of 16 bytes, those of {tensor} are not, and no other "
                    + "kernel was planned with. Align the tensor, or add KernelTarget.Sm80 to [SliceAttention(Targets = ...)].",
                nameof(arguments));

    private LoadedKernel Load(SpecializedKernel kernel)
    {
        using DeviceLifetime.Call call = _lifetime.Enter(this);
        using CudaContext.Scope scope = _context.Enter();
        return _modules.Get(kernel);
    }

    // Faults are ignored: no caller is left that could handle them.
    private void Release()
    {
        if (_context.TryEnter(out CudaContext.Scope scope) == (int)CudaResult.Success)
        {
            using (scope)
            {
                if (_hasLaunched)
                {
                    // Kernels that are still running, on streams of others, must not be unloaded.
                    _ = _driver.CtxSynchronize();
                }

                _stream.Dispose();
                _launcher.Trim();
                _modules.Unload();
            }
        }
        else
        {
            _stream.Dispose();
        }

        _launcher.Dispose();
        _context.Release();
    }
}
