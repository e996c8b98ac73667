using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using KernelGen.Cpu;
using KernelGen.Cuda;
using KernelGen.Cuda.Interop;
using KernelGen.Execution;
using KernelGen.Kernels;
using KernelGen.Planning;
using KernelGen.Tensors;
using KernelGen.Tuning;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace KernelGen;

/// <summary>A device and its memory: plans calls for it and runs them. Safe to use from several threads.</summary>
public sealed class AttentionHost : IDisposable
{
    private readonly AttentionHostOptions _options;
    private readonly ILogger _logger;
    private readonly PlanCache _plans = new();

    // What plans know their host by; the host itself would be kept alive by them.
    private readonly object _maker = new();
    private readonly MeasuredProfile? _measured;
    private volatile bool _isDisposed;

    // Arrays of a catalogue, of one element type and head dim each; they are few, and looked through.
    private readonly ConcurrentDictionary<KernelCatalogue, KernelVariant[][]> _variants = new();

    /// <summary>A host on a device.</summary>
    /// <param name="device">The device; the host disposes it.</param>
    /// <param name="deviceChoice">A sentence that says why it was taken.</param>
    /// <param name="options">Budget, reserve and logger.</param>
    public AttentionHost(IAttentionDevice device, string deviceChoice, AttentionHostOptions options)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(options);
        Device = device;
        DeviceChoice = deviceChoice;
        _options = options;
        _logger = options.Logger ?? NullLogger.Instance;
        KernelGenTelemetry.Prepare();
        _measured = device is ITunableDevice tunable ? new(tunable, device.Profile, options.UseMeasurements, _logger) : null;
        HostLog.DeviceChosen(_logger, deviceChoice);
    }

    /// <summary>The device.</summary>
    public IAttentionDevice Device { get; }

    /// <summary>The device that was taken, and why, in a sentence; and another where the CPU runs kernels slower than it could.</summary>
    public string DeviceChoice { get; }

    /// <summary>A host on the device that the options ask for.</summary>
    /// <param name="options">The device and its limits; the best device there is by default.</param>
    /// <exception cref="DeviceNotUsableException">The device that was insisted on cannot be used.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The device is none of those that there are, or a number is out of range.</exception>
    public static AttentionHost CreateDefault(AttentionHostOptions? options = null) =>
        CreateDefault(options ?? new(), null);

    /// <summary>As the public method, with other CUDA libraries than the process's own, which are null.</summary>
    internal static AttentionHost CreateDefault(AttentionHostOptions options, CudaLibraries? libraries)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(options.ReserveBytes);
        if (options.FreeBytes < 0)
        {
            throw new ArgumentOutOfRangeException(
                nameof(options), options.FreeBytes,
                Invariant($"FreeBytes is {options.FreeBytes}; it must be 0 or more."));
        }

        return options.Device switch
        {
            DeviceKind.Auto => CreateBest(options, libraries ?? CudaLibraries.Shared),
            DeviceKind.Cpu => CreateCpu(options, "as asked"),
            DeviceKind.Cuda => CreateCuda(options, libraries ?? CudaLibraries.Shared, "as asked"),
            _ => throw new ArgumentOutOfRangeException(nameof(options), options.Device, "The device must be Auto, Cpu or Cuda."),
        };
    }

    /// <summary>The memory that plans are made with now.</summary>
    public MemoryBudget MeasureBudget()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        MemoryBudget budget = _options.FreeBytes is { } freeBytes ? new(freeBytes, 0, "given by the caller") : Device.MeasureBudget();
        return budget with { ReserveBytes = _options.ReserveBytes };
    }

    /// <summary>The variants that the device runs: what the planner chooses from.</summary>
    /// <param name="catalogue">The kernels of a class.</param>
    /// <param name="elementType">The element type.</param>
    /// <param name="headDim">The head dim.</param>
    /// <exception cref="UnsupportedVariantException">The class has no kernel for the element type or head dim.</exception>
    /// <exception cref="DeviceNotUsableException">It has some, but the device runs none of them; the message says why.</exception>
    public ReadOnlyMemory<KernelVariant> VariantsFor(KernelCatalogue catalogue, ElementType elementType, int headDim)
    {
        ArgumentNullException.ThrowIfNull(catalogue);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return OfferedVariants(catalogue, elementType, headDim);
    }

    /// <summary>Plans a call; generated classes call this with their own catalogue.</summary>
    /// <typeparam name="T">The element type.</typeparam>
    /// <param name="catalogue">The kernels to choose from.</param>
    /// <param name="shape">The sizes of the call.</param>
    /// <param name="options">Policy and wishes.</param>
    public SlicePlan Plan<T>(KernelCatalogue catalogue, in AttentionShape shape, PlanningOptions? options = null)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(catalogue);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (shape == default)
        {
            throw new ArgumentException("The shape is empty. Make one with its constructor.", nameof(shape));
        }

        ElementType elementType = ElementTypeExtensions.Of<T>();
        KernelVariant[] variants = OfferedVariants(catalogue, elementType, shape.HeadDim);
        return _plans.Plan(new(shape, elementType, variants, Profile, MeasureBudget(),
            options ?? PlanningOptions.Default) { Owner = catalogue.Owner, Maker = _maker });
    }

    /// <summary>Gets a call ready: plans it and compiles its kernel; see <see cref="ISliceAttention.Warmup"/>.</summary>
    /// <typeparam name="T">The element type.</typeparam>
    /// <param name="catalogue">The kernels to choose from.</param>
    /// <param name="shape">The sizes of the call.</param>
    /// <param name="options">Policy and wishes. Only variants that they allow are timed, and only the policy <c>exact</c> chooses by
    /// time.</param>
    /// <param name="tune">Time the best predicted variants, and let later plans of calls of this kind take the fastest.</param>
    /// <param name="cancellationToken">Stops between kernels and samples; what was compiled stays, what was measured is dropped.</param>
    public WarmupReport Warmup<T>(
        KernelCatalogue catalogue, in AttentionShape shape, PlanningOptions? options =
            null, bool tune = false, CancellationToken cancellationToken = default)
        where T : unmanaged
    {
        SlicePlan plan = Plan<T>(catalogue, shape, options);
        if (Device is not ITunableDevice device || _measured is null)
            return new(plan, [], tune
                ? $"{Device.Name} has one streaming kernel for a call, so that there is nothing to choose by time"
                : null);

        IReadOnlyList<KernelTiming> timings = [];
        string? notTuned = null;
        if (tune)
        {
            List<KernelMeasurement> measurements = [];
            KernelVariant[] variants = OfferedVariants(catalogue, plan.ElementType, shape.HeadDim);
            PlanRequest request = new(shape, plan.ElementType, variants, Profile, MeasureBudget(), options ?? PlanningOptions.Default);
            (timings, notTuned) = new KernelTuner(device, _logger).Time(request, measurements, cancellationToken);
            _measured.Add(measurements);
            if (notTuned is null)
                HostLog.Tuned(_logger, shape, timings[0].Variant.Id, timings.Count, timings[0].Measured!.Value.TotalMilliseconds);
            plan = Plan<T>(catalogue, shape, options);
        }

        // What the compiler made of a kernel may show that another one is faster still, which is then looked at in the same way.
        SpecializedKernel ready;
        do
        {
            ready = plan.Kernel;
            device.Warmup([ready], progress: null, cancellationToken);
            if (_measured.TakeLoaded(OfferedVariants(catalogue, plan.ElementType, shape.HeadDim)))
                plan = Plan<T>(catalogue, shape, options);
        }
        while (plan.Kernel != ready);

        return new(plan, timings, notTuned);
    }

    /// <summary>Runs a plan on tensors in host memory; see <see cref="ISliceAttention.Run"/>.</summary>
    /// <typeparam name="T">The plan's element type.</typeparam>
    /// <param name="plan">A plan made by this host, or by <see cref="SlicePlanner"/> for a kernel that its device runs.</param>
    /// <param name="query">Q.</param>
    /// <param name="key">K.</param>
    /// <param name="value">V.</param>
    /// <param name="output">Receives the result.</param>
    /// <param name="options">Scale, causal, mask, strides and more.</param>
    public RunReport Run<T>(
        SlicePlan plan, ReadOnlySpan<T> query, ReadOnlySpan<T> key, ReadOnlySpan<T> value, Span<T> output, AttentionOptions? options = null)
        where T : unmanaged => Run(null, plan, query, key, value, output, options);

    /// <summary>Runs a plan of a class on tensors in host memory; generated classes call this with their own catalogue.</summary>
    /// <typeparam name="T">The plan's element type.</typeparam>
    /// <param name="catalogue">The kernels of the class; null for those of any class.</param>
    /// <param name="plan">A plan made by this host, or by <see cref="SlicePlanner"/> for a kernel that its device runs.</param>
    /// <param name="query">Q.</param>
    /// <param name="key">K.</param>
    /// <param name="value">V.</param>
    /// <param name="output">Receives the result.</param>
    /// <param name="options">Scale, causal, mask, strides and more.</param>
    public unsafe RunReport Run<T>(
        KernelCatalogue? catalogue,
        SlicePlan plan,
        ReadOnlySpan<T> query,
        ReadOnlySpan<T> key,
        ReadOnlySpan<T> value,
        Span<T> output,
        AttentionOptions? options = null)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(plan);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        options ??= AttentionOptions.Default;
        PlanChecks.Check(plan, catalogue, Device, _maker);
        if (ElementTypeExtensions.Of<T>() != plan.ElementType)
        {
            throw new ArgumentException(
                $"The plan is for {plan.ElementType.ShortName()}; the tensors are {ElementTypeExtensions.Of<T>().ShortName()}.",
                nameof(plan));
        }

        KernelArguments arguments = ArgumentBinder.Bind(plan, options);
        ArgumentBinder.CheckMapIsWanted(plan, !options.Map.IsEmpty, nameof(options));
        ArgumentBinder.CheckLengths(plan.Shape, arguments, options, query.Length, key.Length, value.Length, output.Length);
        ArgumentBinder.CheckOverlaps(
            options, MemoryMarshal.AsBytes(query), MemoryMarshal.AsBytes(key), MemoryMarshal.AsBytes(value), MemoryMarshal.AsBytes(output));

        using Activity? activity = KernelGenTelemetry.Activities.StartActivity("attention");
        activity?.SetTag("kernelgen.variant", plan.Variant.Id).SetTag("kernelgen.slices", plan.SliceCount);
        RunReport report;
        fixed (T* queryPointer = query, keyPointer = key, valuePointer = value, outputPointer = output)
        fixed (byte* maskPointer = options.Mask is { } mask ? mask.Bytes : default)
        fixed (float* mapPointer = options.Map.Span, logSumExpPointer = options.LogSumExp.Span)
        {
            arguments.Query = (nint)queryPointer;
            arguments.Key = (nint)keyPointer;
            arguments.Value = (nint)valuePointer;
            arguments.Output = (nint)outputPointer;
            arguments.Mask = (nint)maskPointer;
            arguments.Map = (nint)mapPointer;
            arguments.LogSumExp = (nint)logSumExpPointer;
            report = Device.Run(plan, arguments, options);
        }

        KernelGenTelemetry.RunDuration.Record(report.Elapsed.TotalSeconds);
        KernelGenTelemetry.Slices.Add(report.Slices);
        KernelGenTelemetry.WorkspaceBytes.Record(report.WorkspaceBytes);
        HostLog.Ran(_logger, plan.Variant.Id, report.Slices, report.WorkspaceBytes, report.Elapsed.TotalMilliseconds);
        return report;
    }

    /// <summary>Strides, sizes and flags of a launch, everything but the addresses.</summary>
    /// <param name="plan">A plan made by this host.</param>
    /// <param name="options">Scale, causal, mask, strides. Map and log-sum-exp are addresses and are set on the result.</param>
    public static KernelArguments CreateArguments(SlicePlan plan, AttentionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return ArgumentBinder.Bind(plan, options ?? AttentionOptions.Default);
    }

    /// <summary>Runs a plan on raw addresses; see <see cref="ISliceAttention.Launch"/>.</summary>
    /// <param name="plan">A plan made by this host, or by <see cref="SlicePlanner"/> for a kernel that its device runs.</param>
    /// <param name="arguments">Addresses, strides and flags.</param>
    /// <param name="stream">The device's stream.</param>
    public void Launch(SlicePlan plan, in KernelArguments arguments, nint stream = 0) => Launch(null, plan, arguments, stream);

    /// <summary>Runs a plan of a class on raw addresses; generated classes call this with their own catalogue.</summary>
    /// <param name="catalogue">The kernels of the class; null for those of any class.</param>
    /// <param name="plan">A plan made by this host, or by <see cref="SlicePlanner"/> for a kernel that its device runs.</param>
    /// <param name="arguments">Addresses, strides and flags.</param>
    /// <param name="stream">The device's stream.</param>
    public void Launch(KernelCatalogue? catalogue, SlicePlan plan, in KernelArguments arguments, nint stream = 0)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        PlanChecks.Check(plan, catalogue, Device, _maker);
        ArgumentBinder.CheckLaunch(plan, arguments);
        Device.Launch(plan, arguments, stream);
    }

    /// <summary>
    /// Releases the device, after the calls that are running. Calls that wait for their turn, and all later ones, are refused with
    /// <see cref="ObjectDisposedException"/>.
    /// </summary>
    /// <exception cref="InvalidOperationException">This is the progress callback of a call.</exception>
    public void Dispose()
    {
        // A device refuses this from within a call; the host can then be used after the call.
        Device.Dispose();
        _isDisposed = true;
    }

    private DeviceProfile Profile => _measured?.Current ?? Device.Profile;

    private static AttentionHost CreateBest(AttentionHostOptions options, CudaLibraries libraries)
    {
        try
        {
            return CreateCuda(options, libraries, "a usable GPU comes before the CPU");
        }
        catch (Exception fault) when (NativeLibrarySearch.IsOfSearch(fault))
        {
            // What was tried, which follows, is for those who ask (doctor).
            string reason = fault.Message.Split("Tried:", 2)[0].Split('\n', 2)[0] is { Length: > 0 } text ? text : fault.GetType().Name;
            return CreateCpu(options, string.Concat(char.ToLowerInvariant(reason[0]).ToString(), reason.AsSpan(1).TrimEnd(". ")));
        }
    }

    private static AttentionHost CreateCpu(AttentionHostOptions options, string reason)
    {
        CpuDevice device = new(new() { Threads = options.Threads, VectorPath = options.VectorPath });
        string? advice = options.VectorPath == CpuVectorPath.Auto ? CpuCapabilities.NarrowVectorAdvice : null;
        return new(device, advice is null ? $"{device.Name}: {reason}." : $"{device.Name}: {reason}. {advice}", options);
    }

    private static AttentionHost CreateCuda(AttentionHostOptions options, CudaLibraries libraries, string reason)
    {
        CudaDevice device = CudaDevice.Create(
            (options.Cuda ?? new()) with
            {
                Logger = options.Cuda?.Logger ?? options.Logger, HostMemory = options.Cuda?.HostMemory ?? CpuMemoryProbe.Measure,
            },
                libraries);
        return new(device, $"{device.Name}: {reason}.", options);
    }

    private KernelVariant[] OfferedVariants(KernelCatalogue catalogue, ElementType elementType, int headDim)
    {
        if (FindOffered(catalogue, elementType, headDim) is { } known)
        {
            return known;
        }

        List<KernelVariant> offered = [];
        List<string> reasons = [];
        foreach (KernelVariant variant in catalogue.For(elementType, headDim))
        {
            if (Device.ReasonAgainst(variant) is not { } reason)
            {
                offered.Add(variant);
            }
            else if (Device.Targets.Contains(variant.Target))
            {
                // Variants for other targets are expected to be rejected; do not log them.
                reasons.Add(reason);
                HostLog.VariantNotOffered(_logger, reason);
            }
        }

        if (offered.Count == 0)
        {
            throw new DeviceNotUsableException(reasons.Count == 0
                ? Invariant($"{catalogue.Owner} has no {elementType.ShortName()} kernel with head dim {headDim} for {Device.Name}. ")
                    + "Add its target to [SliceAttention(Targets = ...)]."
                : Invariant($"{Device.Name} can run none of the {elementType.ShortName()} kernels of {catalogue.Owner} with head dim ")
                    + Invariant($"{headDim}. {string.Join(' ', reasons)}"));
        }

        if (ExperimentalAdvice.Of([.. offered], Device.Profile) is { } switchedOff)
            HostLog.ExperimentalKernelsOff(_logger, catalogue.Owner, elementType.ShortName(), headDim, switchedOff);

        // Everybody gets the same array: plans are kept by it.
        KernelVariant[] result;
        lock (_variants)
        {
            result = FindOffered(catalogue, elementType, headDim) ?? [.. offered];
            KernelVariant[][] others = _variants.TryGetValue(catalogue, out KernelVariant[][]? already) ? already : [];
            if (Array.IndexOf(others, result) < 0)
            {
                _variants[catalogue] = [.. others, result];
            }
        }

        _measured?.Recall(result);
        return result;
    }

    private KernelVariant[]? FindOffered(KernelCatalogue catalogue, ElementType elementType, int headDim)
    {
        if (_variants.TryGetValue(catalogue, out KernelVariant[][]? arrays))
        {
            foreach (KernelVariant[] variants in arrays)
            {
                if (variants[0].ElementType == elementType && variants[0].HeadDim == headDim)
                    return variants;
            }
        }

        return null;
    }
}
