using System.Diagnostics;
using System.Text.Json;
using KernelGen.CommandLine.Classes;
using KernelGen.Cuda;
using KernelGen.Files;
using KernelGen.Kernels;
using KernelGen.Lab.Measuring;
using KernelGen.Planning;
using KernelGen.Tensors;
using KernelGen.Tuning;

namespace KernelGen.Lab.GpuBench;

/// <summary>
/// Measures shapes on a GPU: first what the planner takes for each of them, then the other variants where they are asked for.
/// </summary>
internal sealed class CudaBenchRun : IDisposable
{
    // A row for what was tuned when the process did not survive it.
    private const string TuningName = "(tuning)";

    private readonly MeasuredKernels _measured;
    private readonly CudaBenchOptions _options;
    private readonly DirectoryInfo _cacheFolder;
    private readonly AttentionHost _host;
    private readonly CudaDevice _device;
    private readonly CudaDevice _compilingDevice;
    private readonly CudaStream _stream;
    private readonly CudaProbes _probes;
    private readonly CudaStopwatch? _stopwatch;
    private readonly CudaReport _report = CudaReport.Create();
    private readonly IReadOnlyDictionary<string, double> _peaks;
    private readonly Dictionary<KernelVariant, (CudaKernelInfo Compiled, CudaKernelInfo Cached)> _kernels = [];
    private readonly HashSet<KernelVariant> _compiledTogether = [];
    private readonly BenchJournal _journal;
    private readonly HashSet<string> _spilled = [];
    private readonly HashSet<string> _findings = [];
    private readonly List<CudaBenchRow> _rows = [];
    private readonly List<CudaTuningRow> _tuning = [];
    private readonly long _begin = Stopwatch.GetTimestamp();
    private KernelFilter _filter;
    private bool _complete = true;

    /// <summary>
    /// Makes a host whose kernels are compiled anew, unless they are kept from an earlier run, and measures the GPU's peaks.
    /// </summary>
    /// <param name="classes">The classes whose kernels are measured.</param>
    /// <param name="hostOptions">Budget and reserve.</param>
    /// <param name="options">What to do.</param>
    public CudaBenchRun(IModelClasses classes, AttentionHostOptions hostOptions, CudaBenchOptions options)
    {
        _measured = new(classes);
        _options = options;
        _cacheFolder =
            options.CacheFolder is { } folder ? Directory.CreateDirectory(folder) : Directory.CreateTempSubdirectory("kernelgen-bench-");
        _filter = options.Filter;
        _journal = new(options.OutputPath, options.KernelLimit);
        if (options.Resume)
            Resume();

        CudaDeviceOptions cuda = (hostOptions.Cuda ?? new()) with
        {
            Cache = new(_cacheFolder.FullName, MaxBytes: 1L << 30), PrecompiledKernels = options.Precompiled ?? "",
        };

        // Compiles into the folder; the host's own device then finds the kernel there, so that both times are known.
        _compilingDevice = CudaDevice.Create(cuda);
        _host = AttentionHost.CreateDefault(hostOptions with { Device = DeviceKind.Cuda, Cuda = cuda });
        _device = (CudaDevice)_host.Device;
        _stream = _device.CreateStream();
        _probes = new(_host, _device, _measured.AnyCuda.Cuda!.Headers);
        _stopwatch = options.CheckOnly ? null : new(_device, _stream, _probes);
        _peaks = options.CheckOnly ? new Dictionary<string, double>() : _probes.MeasurePeaks(_stream);
    }

    /// <summary>Measures.</summary>
    /// <param name="shapes">The shapes, the most important first.</param>
    /// <param name="progress">Told before each shape how many are done, and its name.</param>
    /// <param name="cancellationToken">Stops the run.</param>
    public CudaBenchResult Measure(IReadOnlyList<CudaBenchShape> shapes, Action<int, string> progress, CancellationToken cancellationToken)
    {
        Save();
        foreach (bool others in _options.AllVariants ? [false, true] : new[] { false })
        {
            // Compile times are those of a kernel compiled alone. For the many that are only compared with each other there is no time for
            // that.
            if (others || (_options.CheckOnly && !_options.Tune))
                CompileTogether(shapes, others, cancellationToken);
            for (int i = 0; i < shapes.Count; i++)
            {
                progress(i, shapes[i].Name);
                Action<CudaBenchShape, bool, CancellationToken> measure = shapes[i].ElementType switch
                {
                    ElementType.Float16 => MeasureShape<Half>,
                    ElementType.BFloat16 => MeasureShape<BFloat16>,
                    _ => MeasureShape<float>,
                };
                measure(shapes[i], others, cancellationToken);
                Save();
            }
        }

        return Result();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopwatch?.Dispose();
        _probes.Dispose();
        _stream.Dispose();
        _host.Dispose();
        _compilingDevice.Dispose();
        if (_options.CacheFolder is null)
            _cacheFolder.Delete(recursive: true);
    }

    private void MeasureShape<T>(CudaBenchShape shape, bool others, CancellationToken cancellationToken)
        where T : unmanaged
    {
        if (!HasTime())
            return;
        if (!others && _rows.Any(row => row.Chosen && !row.Lost && IsOf(row, shape)))
            return;
        if (_options.Tune && !others && !IsMeasured(shape, TuningName))
            Tune<T>(shape, cancellationToken);
        SlicePlan[] plans = [.. Plans<T>(shape, others).Where(plan => !IsMeasured(shape, plan.Variant.Id))];
        if (plans.Length == 0)
            return;

        using CudaShapeRun<T> run = new(_host, _device, _stream, _stopwatch, shape);
        foreach (SlicePlan plan in plans)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (HasTime())
                _rows.Add(Row(shape, plan, !others, run.Measure, cancellationToken));
        }
    }

    // Later plans of the shape take the fastest.
    private void Tune<T>(CudaBenchShape shape, CancellationToken cancellationToken)
        where T : unmanaged
    {
        if (Plans<T>(shape, others: false) is not [{ Variant: KernelVariant predicted }])
            return;

        WarmupReport report = _journal.Guard(
            EmptyRow(shape, TuningName, chosen: false),
            () => _host.Warmup<T>(Catalogue(shape), shape.Shape, Planning(shape), tune: true, cancellationToken),
            tuning: true);
        _compiledTogether.UnionWith(report.Timings.Select(timing => timing.Variant));
        foreach (KernelTiming timing in report.Timings)
        {
            _tuning.Add(new(
                shape.Name, shape.Shape.HeadDim, shape.ElementType.ShortName(), shape.Causal, timing.Variant.Id,
                timing.Predicted.TotalMilliseconds,
                timing.Measured?.TotalMilliseconds, timing.Variant == predicted, timing.Variant == report.Plan.Variant, timing.Fault));

            // What the compiler says of a kernel counts whether it is taken or not.
            if (timing.Fault is null)
                Load(timing.Variant);
        }
    }

    private void CompileTogether(IReadOnlyList<CudaBenchShape> shapes, bool others, CancellationToken cancellationToken)
    {
        IEnumerable<SlicePlan> plans = shapes.SelectMany(shape => shape.ElementType switch
        {
            ElementType.Float16 => Plans<Half>(shape, others),
            ElementType.BFloat16 => Plans<BFloat16>(shape, others),
            _ => Plans<float>(shape, others),
        });
        _compiledTogether.UnionWith(plans.Select(plan => plan.Variant).Where(variant => !_kernels.ContainsKey(variant)));
        try
        {
            _compilingDevice.Warmup(_compiledTogether, progress: null, cancellationToken);
        }
        catch (Exception fault) when (fault is KernelCompilationException or DeviceNotUsableException
            or CudaException { IsContextLost: false })
        {
            // It comes again, and is reported, when the turn of its variant comes.
        }
    }

    private SlicePlan[] Plans<T>(CudaBenchShape shape, bool others)
        where T : unmanaged
    {
        // Of a shape with a family of its own the other kernels are those of the shape without it.
        if ((others && shape.Family is not null) || Catalogue(shape).Variants.Length == 0)
            return [];

        try
        {
            SlicePlan chosen = _host.Plan<T>(Catalogue(shape), shape.Shape, Planning(shape));
            return others ? [.. OtherPlans<T>(Catalogue(shape), shape, chosen, Planning(shape))] : [chosen];
        }
        catch (NoMatchingVariantException) when (!_filter.TakesAll || shape.Family is not null)
        {
            // None of the kernels that are left does this shape.
            return [];
        }
    }

    private KernelCatalogue Catalogue(CudaBenchShape shape) => _measured.For(shape.ElementType, shape.Shape.HeadDim, _filter);

    private PlanningOptions Planning(CudaBenchShape shape) =>
        _options.Planning with { Causal = shape.Causal, Family = shape.Family ?? _options.Planning.Family };

    private IEnumerable<SlicePlan> OtherPlans<T>(
        KernelCatalogue catalogue, CudaBenchShape shape, SlicePlan chosen, PlanningOptions planning)
        where T : unmanaged
    {
        foreach (KernelVariant variant in _host.VariantsFor(catalogue, shape.ElementType, shape.Shape.HeadDim).ToArray())
        {
            if (variant == chosen.Variant)
                continue;

            SlicePlan? plan = null;
            try
            {
                plan = _host.Plan<T>(new KernelCatalogue(catalogue.Owner, variant), shape.Shape, planning);
            }
            catch (NoMatchingVariantException)
            {
                // Family or slice size were chosen, and this variant has another one.
            }

            if (plan is not null)
                yield return plan;
        }
    }

    private CudaBenchRow Row(
        CudaBenchShape shape, SlicePlan plan, bool chosen,
        Func<SlicePlan, CancellationToken, (double? Milliseconds, double? Error, string? Fault)> measure,
        CancellationToken cancellationToken)
    {
        AttentionShape sizes = shape.Shape;
        CudaBenchRow row =
            EmptyRow(shape, plan.Variant.Id, chosen) with { SliceCount = plan.SliceCount, WorkspaceBytes = plan.WorkspaceBytes };
        try
        {
            (CudaKernelInfo compiled, CudaKernelInfo cached) = Load(plan.Variant);
            row = row with
            {
                Registers = compiled.Stages.Max(stage => stage.Registers),
                LocalBytes = compiled.Stages.Max(stage => stage.LocalBytes),
                SharedBytes = compiled.Stages.Max(stage => stage.SharedBytes),
                CompileMs = compiled.Origin != KernelOrigin.Compiler || _compiledTogether.Contains(plan.Variant)
                    ? null
                    : compiled.LoadTime.TotalMilliseconds,
                LoadMs = cached.FromCache ? cached.LoadTime.TotalMilliseconds : null,
            };
            (double? milliseconds, double? error, string? fault) = _journal.Guard(row, () => measure(plan, cancellationToken));
            double? tflops = AttentionWork.Operations(sizes, shape.Causal) / milliseconds / 1e9;
            double? peak = _peaks.TryGetValue(CudaProbes.NameFor(plan.ElementType), out double known) ? known : null;
            return row with
            {
                Ms = milliseconds,
                Tflops = tflops,
                PeakFraction = tflops / peak,
                Error = error is double.NaN ? null : error,
                Fault = fault,
            };
        }
        catch (Exception fault) when (fault is KernelCompilationException or DeviceNotUsableException
            or CudaException { IsContextLost: false })
        {
            return row with { Fault = fault.Message };
        }
    }

    private (CudaKernelInfo Compiled, CudaKernelInfo Cached) Load(KernelVariant variant)
    {
        if (!_kernels.TryGetValue(variant, out (CudaKernelInfo Compiled, CudaKernelInfo Cached) infos))
        {
            infos = (_compilingDevice.Inspect(variant), _device.Inspect(variant));
            _kernels.Add(variant, infos);
        }

        return infos;
    }

    private static CudaBenchRow EmptyRow(CudaBenchShape shape, string variant, bool chosen)
    {
        AttentionShape sizes = shape.Shape;
        return new(
            shape.Name, sizes.HeadDim, shape.ElementType.ShortName(), sizes.Batch, sizes.Heads, sizes.Queries, sizes.Keys, shape.Causal,
            FamilyName(shape),
            variant, chosen, 0, 0, null, null, null, 0, 0, 0, null, null, null, null);
    }

    private static string? FamilyName(CudaBenchShape shape) => shape.Family?.ToString().ToLowerInvariant();

    private static bool IsOf(CudaBenchRow row, CudaBenchShape shape) =>
        row.Name == shape.Name && row.Dtype == shape.ElementType.ShortName() && row.Causal == shape.Causal
            && row.Family == FamilyName(shape)
        && new AttentionShape(row.Batch, row.Heads, row.Queries, row.Keys, row.HeadDim) == shape.Shape;

    private bool IsMeasured(CudaBenchShape shape, string variant) => _rows.Any(row => row.Variant == variant && IsOf(row, shape));

    // What an earlier process measured is kept. A kernel that it did not survive is left out from here on.
    private void Resume()
    {
        if (_options.OutputPath is { } path && File.Exists(path)
            && JsonSerializer.Deserialize(File.ReadAllText(path), GpuBenchJson.Default.CudaBenchResult) is { } earlier)
        {
            _rows.AddRange(earlier.Rows);
            _tuning.AddRange(earlier.Tuning);
            _spilled.UnionWith(earlier.SpilledTensorCoreVariants);
            _findings.UnionWith(earlier.Findings);
        }

        if (_journal.TakeUnfinished() is { } unfinished)
            _rows.Add(unfinished);
        string[] lost = [.. _rows.Where(row => row.Lost && row.Variant != TuningName).Select(row => row.Variant)];
        if (lost.Length > 0)
            _filter = _filter with { Except = [.. _filter.Except, .. lost] };
    }

    private bool HasTime() => Stopwatch.GetElapsedTime(_begin) < _options.Limit || (_complete = false);

    private CudaBenchResult Result() => new(
        Invariant($"{DateTime.UtcNow:yyyy-MM-dd}"),
        ProductVersion.Text,
        _device.Name,
        LibraryText.WithoutFolder(_report.Driver),
        LibraryText.WithoutFolder(_report.Compiler),
        _device.Limits.L2Bytes,
        _peaks,
        _complete,
        Math.Round(Stopwatch.GetElapsedTime(_begin).TotalSeconds, 1),
        [
            .. _spilled.Union(_kernels
                .Where(kernel => kernel.Key.Target is not KernelTarget.Simt
                    && kernel.Value.Compiled.Stages.Any(stage => stage.LocalBytes > 0))
                .Select(kernel => Invariant($"{kernel.Key.Id}: {kernel.Value.Compiled.Stages.Max(stage => stage.LocalBytes)} bytes"))),
        ],
        [.. _findings.Union(_kernels.Where(kernel => kernel.Key.Target is not KernelTarget.Simt).SelectMany(Findings))],
        _tuning,
        _rows);

    private static IEnumerable<string> Findings(KeyValuePair<KernelVariant, (CudaKernelInfo Compiled, CudaKernelInfo Cached)> kernel) =>
        kernel.Value.Compiled.Findings.Concat(kernel.Value.Cached.Findings).Distinct().Select(finding => $"{kernel.Key.Id}: {finding}");

    private void Save()
    {
        if (_options.OutputPath is not { } path)
            return;

        // Whoever reads the file, or stops this process, finds a whole one.
        TemporaryFile.Write(path, [.. JsonSerializer.SerializeToUtf8Bytes(Result(), GpuBenchJson.Default.CudaBenchResult), (byte)'\n']);
    }
}
