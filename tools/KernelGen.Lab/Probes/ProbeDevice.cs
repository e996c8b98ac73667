using System.Runtime.InteropServices;
using KernelGen.Cuda;
using KernelGen.Kernels;
using KernelGen.Lab.Measuring;
using KernelGen.Planning;
using KernelGen.Tensors;

namespace KernelGen.Lab.Probes;

/// <summary>
/// A GPU for one probe, through the product's own compiler and launcher. Each probe has a new one: what is left of a launch that failed is
/// gone with it.
/// </summary>
internal sealed class ProbeDevice : IDisposable
{
    private readonly IReadOnlyList<CudaHeader> _primitives;

    /// <summary>Opens the GPU.</summary>
    /// <param name="kernels">The emitted kernels.</param>
    /// <param name="cacheFolder">Where compiled kernels are kept for the probes after this one.</param>
    /// <param name="precompiled">A folder of kernels compiled in advance; null for none.</param>
    /// <param name="smoke">Cut loops short.</param>
    /// <param name="filter">Which of the emitted kernels are looked at.</param>
    public ProbeDevice(MeasuredKernels kernels, string cacheFolder, string? precompiled, bool smoke, KernelFilter filter)
    {
        IsSmoke = smoke;
        Kernels = [.. kernels.Hopper.Where(filter.Takes)];
        Headers = kernels.Hopper[0].Cuda!.Headers;
        Host = AttentionHost.CreateDefault(new() { Device = DeviceKind.Cuda, Cuda = Options(cacheFolder, precompiled) });
        Device = (CudaDevice)Host.Device;
        Stream = Device.CreateStream();

        // Those of Hopper's kernels begin with what every GPU has.
        _primitives = [.. Headers.Where(header => header.Name.EndsWith("primitives.cuh", StringComparison.Ordinal))];
    }

    /// <summary>The host.</summary>
    public AttentionHost Host { get; }

    /// <summary>Its GPU.</summary>
    public CudaDevice Device { get; }

    /// <summary>The stream of all launches.</summary>
    public CudaStream Stream { get; }

    /// <summary>Loops are cut short, and few cases looked at.</summary>
    public bool IsSmoke { get; }

    /// <summary>The emitted kernels for compute capability 9.0 that are looked at.</summary>
    public IReadOnlyList<KernelVariant> Kernels { get; }

    /// <summary>The headers that these kernels include.</summary>
    public IReadOnlyList<CudaHeader> Headers { get; }

    /// <summary>The requirement: wgmma and tensor copies (TMA).</summary>
    public bool IsHopper => Device.Limits.ComputeCapability == 90;

    /// <summary>Rounds of a loop, or one.</summary>
    public long Rounds(long rounds) => IsSmoke ? 1 : rounds;

    /// <summary>Blocks for every multiprocessor, or one.</summary>
    public int AllMultiprocessors => IsSmoke ? 1 : Device.Limits.Multiprocessors;

    private static CudaDeviceOptions Options(string cacheFolder, string? precompiled) => new()
    {
        Cache = new(cacheFolder, MaxBytes: 1L << 30),
        PrecompiledKernels = precompiled ?? "",
        ExperimentalKernels = ExperimentalKernels.Hopper | ExperimentalKernels.HopperMulticast,
    };

    /// <summary>Compiles kernels, several at once.</summary>
    public void Compile(IEnumerable<ProbeLaunch> launches) => Device.Warmup([.. launches.Select(VariantOf)]);

    /// <summary>Launches a kernel, twice where it is timed, and gives what the second launch returned.</summary>
    /// <typeparam name="T">What it returns.</typeparam>
    /// <param name="launch">The kernel.</param>
    /// <param name="count">How many it returns.</param>
    /// <param name="tensor">The tensor for tensor copies; null for none.</param>
    public T[] Run<T>(ProbeLaunch launch, int count, Half[]? tensor = null)
        where T : unmanaged
    {
        KernelVariant variant = VariantOf(launch);
        SlicePlan plan =
            Host.Plan<Half>(
                new KernelCatalogue(nameof(ProbeDevice), variant), new(1, 1, launch.Blocks, launch.Tensor.Rows, launch.Tensor.HeadDim));
        using DeviceTensor<T> output = Device.Allocate<T>(count);
        using DeviceTensor<Half> input = Device.Allocate<Half>(tensor?.Length ?? AttentionShape.MaxHeadDim);
        input.Upload(tensor ?? new Half[AttentionShape.MaxHeadDim], Stream.Handle);
        T[] result = new T[count];
        MemoryMarshal.AsBytes(result.AsSpan()).Fill(0xFF);
        output.Upload(result, Stream.Handle);

        KernelArguments arguments = AttentionHost.CreateArguments(plan);
        arguments.Query = arguments.Key = arguments.Value = input.Address;
        arguments.Output = output.Address;
        arguments.Scale = launch.Scale;
        arguments.MaskStrides = new(launch.Rounds, 0, 0, 0);

        // The first launch warms caches and clocks.
        for (int turn = IsSmoke || launch.Rounds == 1 ? 1 : 0; turn < 2; turn++)
            Host.Launch(plan, arguments, Stream.Handle);
        output.Download(result, Stream.Handle);
        return result;
    }

    /// <summary>The median, over blocks, of the clocks from the earliest begin to the latest end in a block.</summary>
    /// <param name="launch">A kernel that returns the clocks of its groups of threads.</param>
    /// <param name="groups">Groups of a block.</param>
    /// <param name="tensor">The tensor for tensor copies; null for none.</param>
    public double Clocks(ProbeLaunch launch, int groups, Half[]? tensor = null)
    {
        long[] clocks = Run<long>(launch, 2 * groups * launch.Blocks, tensor);
        return Medians.Of([.. clocks.Chunk(2 * groups)
            .Select(block => (double)(block.Where((_, i) => i % 2 == 1).Max() - block.Where((_, i) => i % 2 == 0).Min()))]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Stream.Dispose();
        Host.Dispose();
    }

    // The target decides what a kernel is compiled for.
    private KernelVariant VariantOf(ProbeLaunch launch)
    {
        CudaStage stage = new(launch.EntryPoint, launch.Threads, launch.SharedBytes, RowsPerBlock: 1)
        {
            ClusterBlocks = launch.ClusterBlocks,
            TensorBoxes = launch.Box is { } box ? [box, box, box] : [],
        };
        string id =
            string.Join('-', [launch.EntryPoint, .. launch.Constants.Select(constant => Invariant($"{constant.Value}"))]);
        return new(
            id, KernelFamily.Streaming, IsHopper
                ? KernelTarget.Sm90a
                : KernelTarget.Simt, ElementType.Float16, launch.Tensor.HeadDim, sliceRows: 1,
            new(TileRows: 1, TileKeys: 1, BytesPerScore: 0, WorkerBytes: 0),
            new CudaKernelSource(
                ProbeSources.Text(launch.File, launch.Constants), ProbeSources.Headers(_primitives, launch.Columns), [stage]));
    }
}
