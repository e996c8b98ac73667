using System.Diagnostics;
using System.Globalization;
using KernelGen.Cuda.Compilation;
using KernelGen.Cuda.Interop;
using KernelGen.Cuda.Launch;
using KernelGen.Cuda.Memory;
using KernelGen.Execution;
using KernelGen.Kernels;
using KernelGen.Planning;

namespace KernelGen.Cuda;

/// <summary>An NVIDIA GPU.</summary>
public sealed unsafe class CudaDevice : IAttentionDevice
{
    private const int OldestComputeCapability = 75;

    private readonly CudaDriver _driver;
    private readonly CudaContext _context;
    private readonly KernelModules _modules;
    private readonly SliceLauncher _launcher;
    private readonly WorkspacePool _workspaces;
    private readonly CudaStream _stream;
    private readonly Lock _runGate = new();

    private CudaDevice(CudaDriver driver, CudaContext context, CudaDeviceLimits limits, KernelStore store)
    {
        (_driver, _context, Limits) = (driver, context, limits);
        Architecture = store.Architecture;
        _modules = new(driver, store, limits);
        _launcher = new(driver, limits);
        _workspaces = new(driver);
        _stream = new(driver, context);
        Profile = new(
            Workers: 0,

            // 128 fp32 lanes of a multiprocessor, two operations a clock: right for compute capability 8.6 to 12, twice too much for 7.5 and 8.0.
            FlopsPerSecond: 256.0 * limits.Multiprocessors * limits.ClockKilohertz * 1e3,
            limits.MemoryBytesPerSecond,
            SliceSeconds: 10e-6,
            limits.TotalMemoryBytes);
    }

    /// <summary>What the GPU is and can do.</summary>
    public CudaDeviceLimits Limits { get; }

    /// <summary>What kernels are compiled for, such as <c>sm_90</c>.</summary>
    public string Architecture { get; }

    /// <inheritdoc/>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"{Limits.Name} (compute capability {Limits.ComputeCapabilityText}, kernels for {Architecture})");

    /// <inheritdoc/>
    public IReadOnlyList<KernelTarget> Targets { get; } = [KernelTarget.Simt];

    /// <inheritdoc/>
    public DeviceProfile Profile { get; }

    /// <summary>A device on the current context, or on the primary one.</summary>
    /// <param name="options">GPU, compiler and cache.</param>
    /// <exception cref="DeviceNotUsableException">There is no driver, no GPU, no NVRTC, or the GPU is too old; the message says what to install.</exception>
    /// <exception cref="CudaException">The driver failed.</exception>
    public static CudaDevice Create(CudaDeviceOptions? options = null)
    {
        options ??= new();
        CudaDriver driver = CudaDriver.TryGet(out string driverFault) ?? throw new DeviceNotUsableException(driverFault);
        int count;
        driver.Check(driver.DeviceGetCount(&count), "cuDeviceGetCount");
        if (options.Ordinal < 0 || options.Ordinal >= count)
        {
            throw new DeviceNotUsableException(string.Create(
                CultureInfo.InvariantCulture, $"GPU {options.Ordinal} was asked for; the driver sees {count}, counted from 0. CUDA_VISIBLE_DEVICES may hide some."));
        }

        IKernelCompiler compiler = options.Compiler
            ?? new NvrtcKernelCompiler(Nvrtc.TryGet(out string nvrtcFault) ?? throw new DeviceNotUsableException(nvrtcFault));
        CudaContext context = new(driver, options.Ordinal);
        try
        {
            CudaDeviceLimits limits = CudaDeviceLimits.Read(driver, context.Device);
            if (limits.ComputeCapability < OldestComputeCapability)
            {
                throw new DeviceNotUsableException(
                    $"{limits.Name} has compute capability {limits.ComputeCapabilityText}; kernels need 7.5 (Turing) or newer. Use the CPU.");
            }

            return new(driver, context, limits, new(compiler, new(options.Cache ?? CubinCacheOptions.FromEnvironment()), limits.ComputeCapability));
        }
        catch
        {
            context.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public MemoryBudget MeasureBudget()
    {
        using CudaContext.Scope scope = _context.Enter();
        nuint free;
        nuint total;
        _driver.Check(_driver.MemGetInfo(&free, &total), "cuMemGetInfo");
        return new((long)free + _workspaces.HeldBytes, 0, "cuMemGetInfo");
    }

    /// <summary>Owned device memory.</summary>
    /// <typeparam name="T">The element type.</typeparam>
    /// <param name="length">Elements.</param>
    public DeviceTensor<T> Allocate<T>(long length)
        where T : unmanaged => new(_driver, _context, length);

    /// <summary>A stream of its own.</summary>
    public CudaStream CreateStream() => new(_driver, _context);

    /// <summary>Gives the workspaces back that are kept between calls.</summary>
    public void Trim()
    {
        using CudaContext.Scope scope = _context.Enter();
        _workspaces.Trim();
    }

    /// <summary>Compiles and loads kernels ahead of their first use, several at once.</summary>
    /// <param name="variants">CUDA variants.</param>
    /// <param name="progress">Told how many are ready, from any thread.</param>
    /// <param name="cancellationToken">Stops between kernels; NVRTC itself cannot be interrupted.</param>
    public void Warmup(IReadOnlyCollection<KernelVariant> variants, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(variants);
        int ready = 0;
        Parallel.ForEach(variants, new() { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount }, variant =>
        {
            using CudaContext.Scope scope = _context.Enter();
            _modules.Get(variant);
            progress?.Report(Interlocked.Increment(ref ready));
        });
    }

    /// <inheritdoc/>
    public RunReport Run(SlicePlan plan, in KernelArguments arguments, AttentionOptions options)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(options);
        long begin = Stopwatch.GetTimestamp();

        // The convenience path owns one stream; two runs at once would share its workspace.
        lock (_runGate)
        {
            using CudaContext.Scope scope = _context.Enter();
            using HostTensorTransfer transfer = new(_driver, plan, arguments, _stream.Handle);
            SliceSequence sequence = new(_launcher, _modules.Get(plan.Variant), _workspaces, plan, transfer.DeviceArguments, _stream.Handle);
            for (int index = 0; index < plan.SliceCount; index++)
            {
                options.CancellationToken.ThrowIfCancellationRequested();
                sequence.Run(plan[index], waitForEachPass: true, _stream);
                options.Progress?.Report(new(index + 1, plan.SliceCount));
            }

            transfer.Download();
            _stream.Synchronize();
            long? nonFiniteRows = options.CheckFinite ? NonFiniteRows.Count(plan, arguments) : null;
            return new(sequence.FinalPlan, plan.SliceCount, sequence.WorkspaceBytes, Stopwatch.GetElapsedTime(begin), nonFiniteRows);
        }
    }

    /// <inheritdoc/>
    public void Launch(SlicePlan plan, in KernelArguments arguments, nint stream)
    {
        ArgumentNullException.ThrowIfNull(plan);
        using CudaContext.Scope scope = _context.Enter();
        SliceSequence sequence = new(_launcher, _modules.Get(plan.Variant), _workspaces, plan, arguments, stream);
        for (int index = 0; index < plan.SliceCount; index++)
        {
            sequence.Run(plan[index], waitForEachPass: false, null);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        using (CudaContext.Scope scope = _context.Enter())
        {
            _stream.Dispose();
            _workspaces.Dispose();
            _modules.Dispose();
        }

        _context.Dispose();
    }
}
