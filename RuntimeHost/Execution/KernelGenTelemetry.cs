using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;

namespace KernelGen.Execution;

/// <summary>The names under which the library can be observed: <c>Meter("KernelGen")</c> and <c>ActivitySource("KernelGen")</c>.</summary>
internal static class KernelGenTelemetry
{
    private const string Name = "KernelGen";

    private static readonly Meter _meter = new(Name);

    /// <summary>
    /// Begins to make what is here on another thread: the runtime needs longer for its first source of events than a short call takes.
    /// </summary>
    public static void Prepare() => ThreadPool.UnsafeQueueUserWorkItem(
        static _ => RuntimeHelpers.RunClassConstructor(typeof(KernelGenTelemetry).TypeHandle), null);

    /// <summary>One activity per run.</summary>
    public static ActivitySource Activities { get; } = new(Name);

    /// <summary>Wall time of runs.</summary>
    public static Histogram<double> RunDuration { get; } =
        _meter.CreateHistogram<double>("kernelgen.run.duration", "s", "Wall time of attention runs.");

    /// <summary>Slices run.</summary>
    public static Counter<long> Slices { get; } = _meter.CreateCounter<long>("kernelgen.slices", "{slice}", "Slices run.");

    /// <summary>Workspace taken by runs.</summary>
    public static Histogram<long> WorkspaceBytes { get; } =
        _meter.CreateHistogram<long>("kernelgen.workspace", "By", "Workspace taken by attention runs.");

    /// <summary>Time that the compiler took for a CUDA kernel.</summary>
    public static Histogram<double> CompileDuration { get; } =
        _meter.CreateHistogram<double>("kernelgen.compile.duration", "s", "Time that the compiler took for a CUDA kernel.");

    /// <summary>CUDA kernels that were read from the folder of kernels compiled in advance.</summary>
    public static Counter<long> PrecompiledKernels { get; } =
        _meter.CreateCounter<long>(
            "kernelgen.precompiled.hits", "{kernel}", "CUDA kernels that were read from the folder of kernels compiled in advance.");

    /// <summary>CUDA kernels that were read from the cubin cache.</summary>
    public static Counter<long> CubinCacheHits { get; } =
        _meter.CreateCounter<long>("kernelgen.cubin_cache.hits", "{kernel}", "CUDA kernels that were read from the cubin cache.");
}
