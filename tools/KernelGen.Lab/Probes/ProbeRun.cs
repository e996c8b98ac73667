using System.Diagnostics;
using System.Text.Json;
using KernelGen.CommandLine.Classes;
using KernelGen.Cuda;
using KernelGen.Files;
using KernelGen.Lab.Measuring;

namespace KernelGen.Lab.Probes;

/// <summary>Runs the probes one after the other, each on a GPU opened anew, and keeps what was found so far in a file.</summary>
/// <param name="classes">The classes whose kernels are looked at.</param>
/// <param name="smoke">Cut loops short.</param>
/// <param name="filter">Which of the emitted kernels are looked at.</param>
/// <param name="limit">Nothing is started after this time.</param>
/// <param name="cachePath">Where compiled kernels are kept for later runs; null compiles everything anew.</param>
/// <param name="precompiled">A folder of kernels compiled in advance; null for none.</param>
/// <param name="outputPath">The file; null keeps none.</param>
internal sealed class ProbeRun(
    IModelClasses classes, bool smoke, KernelFilter filter, TimeSpan limit, string? cachePath, string? precompiled, string? outputPath)
    : IDisposable
{
    private const string NotEnded = "it did not end, or ended the process";

    private readonly MeasuredKernels _kernels = new(classes);
    private readonly List<ProbeTable> _tables = [];
    private readonly CudaReport _report = CudaReport.Create();
    private readonly DirectoryInfo _cacheFolder =
        cachePath is null ? Directory.CreateTempSubdirectory("kernelgen-probe-") : Directory.CreateDirectory(cachePath);
    private readonly long _begin = Stopwatch.GetTimestamp();
    private string _device = "";
    private bool _complete = true;

    /// <summary>The names of all probes, the most valuable first.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Probes(false).Select(probe => probe.Table.Name)];

    /// <summary>Runs.</summary>
    /// <param name="only">The names of those to run; empty for all.</param>
    /// <param name="progress">Told before each probe how many are done, and its name.</param>
    /// <param name="cancellationToken">Stops between probes.</param>
    public ProbeReport Run(IReadOnlyCollection<string> only, Action<int, string> progress, CancellationToken cancellationToken)
    {
        foreach ((ProbeTable table, bool needsHopper, IEnumerable<Action<ProbeTable, ProbeDevice>> steps) in Probes(smoke))
        {
            if (only.Count > 0 && !only.Contains(table.Name))
                continue;

            cancellationToken.ThrowIfCancellationRequested();
            progress(_tables.Count, table.Name);
            long begin = Stopwatch.GetTimestamp();

            // Whoever finds the file with this in it knows that the probe never came back.
            _tables.Add(table);
            table.Failures.Add(NotEnded);
            Save();
            foreach (Action<ProbeTable, ProbeDevice> step in steps)
            {
                Step(table, needsHopper, step);
                Save();
            }

            table.Failures.Remove(NotEnded);
            table.Seconds = Math.Round(Stopwatch.GetElapsedTime(begin).TotalSeconds, 1);
            Save();
        }

        return Report();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (cachePath is null)
            _cacheFolder.Delete(recursive: true);
    }

    private void Step(ProbeTable table, bool needsHopper, Action<ProbeTable, ProbeDevice> step)
    {
        if (Stopwatch.GetElapsedTime(_begin) > limit)
        {
            _complete = false;
            table.Faults.Add("the time was over");
            return;
        }

        try
        {
            using ProbeDevice device = new(_kernels, _cacheFolder.FullName, precompiled, smoke, filter);
            _device = device.Device.Name;
            if (needsHopper && !device.IsHopper)
                table.Faults.Add("needs compute capability 9.0");
            else
                step(table, device);
        }
        catch (Exception fault) when (fault is KernelCompilationException or CudaException)
        {
            // An instruction that the GPU refuses is an answer, too.
            table.Faults.Add(fault.Message);
        }
    }

    private ProbeReport Report() => new(
        Invariant($"{DateTime.UtcNow:yyyy-MM-dd}"),
        ProductVersion.Text,
        _device,
        LibraryText.WithoutFolder(_report.Driver),
        LibraryText.WithoutFolder(_report.Compiler),
        smoke,
        _complete,
        _tables);

    private void Save()
    {
        if (outputPath is null)
            return;

        TemporaryFile.Write(outputPath, [.. JsonSerializer.SerializeToUtf8Bytes(Report(), ProbeJson.Default.ProbeReport), (byte)'\n']);
    }

    private static IEnumerable<(ProbeTable Table, bool NeedsHopper, IEnumerable<Action<ProbeTable, ProbeDevice>> Steps)> Probes(bool smoke)
    {
        yield return (new("compilation",
            "Does NVRTC take the kernels without spilling and without serialising wgmma instructions, and how long does it take?",
            "the tile table: fewer warpgroups, or smaller tiles of keys"), true, [CompilationProbe.Run]);
        yield return (new(
            "turns", "How fast are tiles of 64, 128 and 192 rows when there are as many as fit, with and without turns of the warpgroups?",
            "ping_pong and the warpgroups of the tile table; KernelCosts.Sm90aEfficiencyOf64Rows and -Of128Rows"), true, [TurnsProbe.Run]);
        yield return (new("softmax",
            "How many clocks does a score take outside the products, when a share of the powers of two is computed by multiply-adds?",
            "the share of polynomials in the softmax; KernelCosts.Sm90aSoftmaxClocks"), false, [SoftmaxMixProbe.Run]);
        yield return (new("products",
            "How many clocks does a product of 64 rows by N columns take, by N, by where A lies, and by the warpgroups that multiply?",
            "the tile table; the model says N / 2 clocks"), true, [ProductClocksProbe.Run]);
        yield return (new("tensor-copies", "How many bytes a clock do tensor copies bring, by the width of a box?",
            "Sm90aPanels.AlongRows: wider panels with more zeros"), true, [TensorCopyProbe.Rates]);
        yield return (new("waiting", "Does a loop of mbarrier.try_wait take issue slots from warps that compute?",
            "a hint of how long to sleep"), true, [WaitingProbe.Run]);
        yield return (new("multicast",
            "How many bytes a clock do tensor copies bring to a block alone, and to two blocks of a cluster that copy for each other?",
            "clusters for head dims up to 256; the cluster's size above"), true, [MulticastProbe.Run]);
        yield return (new("sums", "Do tensor cores round their fp32 sums or cut them off, and how many bits of small products count?",
            "the tiles of the Float32 kernels, whose sums start from zero; the emulator's wgmma"), true, [ProductSumsProbe.Run]);
        yield return (new("wide-boxes", "Is a tensor map with a box wider than the head dim taken, and are the rest zeros?",
            "narrower panels for head dims under 64"),
            true, [TensorCopyProbe.WideBoxes]);
        yield return (new("whole-panels", "Are products right whose B runs across rows in whole panels?",
            "nothing: it shows that the next probe can be trusted"),
            true, [ProductLayoutProbe.Whole]);

        // Last: what is not documented may end in a fault.
        yield return (new("partial-panels", "Are products right whose B runs across rows and has a last panel in part?",
            "Sm90aPanels.AcrossRows: exact columns in panels of 64"), true, ProductLayoutProbe.Partial(smoke));
    }
}
