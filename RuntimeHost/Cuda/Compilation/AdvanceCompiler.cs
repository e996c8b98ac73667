using System.Collections.Concurrent;
using System.Diagnostics;
using KernelGen.Cuda.Interop;
using KernelGen.Kernels;

namespace KernelGen.Cuda.Compilation;

/// <summary>Compiles kernels in advance, for GPUs that need not be there: needs a compiler, and neither a driver nor a GPU.</summary>
public sealed class AdvanceCompiler
{
    private readonly IKernelCompiler _compiler;

    /// <summary>Compiles with a compiler.</summary>
    /// <param name="compiler">The compiler.</param>
    public AdvanceCompiler(IKernelCompiler compiler)
    {
        ArgumentNullException.ThrowIfNull(compiler);
        _compiler = compiler;
    }

    /// <summary>Name, version and options of the compiler.</summary>
    public string Identity => _compiler.Identity;

    /// <summary>Compiles with NVRTC, whatever the driver of this machine, if it has one: the code is for another.</summary>
    /// <exception cref="DeviceNotUsableException">There is no NVRTC; the message says what to install.</exception>
    public static AdvanceCompiler Create() => Create(CudaLibraries.Shared);

    /// <summary>As the public method, with other libraries than the process's own.</summary>
    internal static AdvanceCompiler Create(CudaLibraries libraries) => libraries.TryGetNvrtcForAnyDriver(out Nvrtc? nvrtc, out string fault)
        ? new(new NvrtcKernelCompiler(nvrtc))
        : throw new DeviceNotUsableException(fault);

    /// <summary>The compilations to do: every kernel for every architecture that runs it, each distinct text once.</summary>
    /// <param name="variants">Variants; those of the CPU are passed over.</param>
    /// <param name="architectures">The GPUs.</param>
    /// <param name="specializations">For what kinds of calls. One that changes nothing in a kernel's text is passed over there.</param>
    public static IReadOnlyList<CompilationRequest> Requests(
        IEnumerable<KernelVariant> variants, IEnumerable<CudaArchitecture> architectures, IEnumerable<KernelSpecialization> specializations)
    {
        ArgumentNullException.ThrowIfNull(variants);
        ArgumentNullException.ThrowIfNull(architectures);
        ArgumentNullException.ThrowIfNull(specializations);
        KernelVariant[] all = [.. variants.Where(variant => variant.Cuda is not null)];
        KernelSpecialization[] kinds = [.. specializations.Distinct()];
        HashSet<string> keys = [];
        List<CompilationRequest> requests = [];
        foreach (CudaArchitecture architecture in architectures)
        {
            foreach (KernelVariant variant in all.Where(architecture.Runs))
            {
                foreach (KernelSpecialization kind in kinds)
                {
                    CompilationRequest request = new(variant.Specialize(kind), architecture);
                    if (keys.Add(CubinCache.Key(request.Kernel, "", request.ArchitectureName)))
                    {
                        requests.Add(request);
                    }
                }
            }
        }

        return requests;
    }

    /// <summary>Compiles, on all processors. What the compiler refuses is a result like any other.</summary>
    /// <param name="requests">What to compile.</param>
    /// <param name="completed">Called after each kernel, one call at a time, from any thread. What it throws ends the compilation.</param>
    /// <param name="cancellationToken">Stops between kernels; NVRTC itself cannot be interrupted.</param>
    /// <returns>A result for each request, in their order.</returns>
    /// <exception cref="DeviceNotUsableException">The compiler makes no code for one of the architectures.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public IReadOnlyList<KernelCompilation> Compile(
        IReadOnlyList<CompilationRequest> requests,
        Action<CompilationProgress>? completed = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(requests);
        RequireArchitectures(requests);
        KernelCompilation[] results = new KernelCompilation[requests.Count];
        long begin = Stopwatch.GetTimestamp();
        Lock gate = new();
        int done = 0;

        // The largest kernels first, so that none of them is left for one processor at the end.
        int[] order = [.. Enumerable.Range(0, requests.Count).OrderByDescending(index => requests[index].Kernel.Variant.HeadDim)];
        ParallelOptions parallel = new() { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount };
        Parallel.ForEach(Partitioner.Create(order, EnumerablePartitionerOptions.NoBuffering), parallel, index =>
        {
            KernelCompilation result = Compile(requests[index]);
            results[index] = result;
            lock (gate)
            {
                completed?.Invoke(new(result, ++done, results.Length, Stopwatch.GetElapsedTime(begin)));
            }
        });
        return results;
    }

    private KernelCompilation Compile(CompilationRequest request)
    {
        TimeSpan begin = ThreadClock.Now;
        try
        {
            KernelImage image = _compiler.Compile(request.Kernel, request.ArchitectureName);
            return KernelCompilation.Of(request, image, ThreadClock.Now - begin);
        }
        catch (KernelCompilationException fault)
        {
            return new(request, Image: null, [], ThreadClock.Now - begin, fault);
        }
    }

    private void RequireArchitectures(IReadOnlyList<CompilationRequest> requests)
    {
        IEnumerable<CudaArchitecture> all = requests.Select(request => request.Architecture);
        foreach (CudaArchitecture architecture in all.DistinctBy(architecture => architecture.ComputeCapability))
        {
            if (_compiler.ArchitectureFor(architecture.ComputeCapability) != architecture.Name)
            {
                throw new DeviceNotUsableException(
                    $"{_compiler.Identity} makes no machine code for compute capability {architecture.ComputeCapabilityText}. "
                    + "Use a newer NVRTC, or leave the architecture out.");
            }
        }
    }
}
