using KernelGen.Cuda;
using KernelGen.Kernels;
using KernelGen.Lab.Measuring;
using KernelGen.Planning;
using KernelGen.Tensors;

namespace KernelGen.Lab.GpuBench;

/// <summary>
/// Kernels that measure the GPU itself: how many multiply-adds it does on registers only, and one that only waits, so that the work behind
/// it is queued before it begins. They are launched as the generated ones are.
/// </summary>
/// <remarks>The emulator of the tests leaves their bodies out; there they measure nothing.</remarks>
internal sealed class CudaProbes : IDisposable
{
    private const int Threads = 256;
    private const int BlocksPerMultiprocessor = 2;
    private const int Samples = 5;

    private static readonly KernelText Source = static () =>
        """
        #include "kernelgen_primitives.cuh"

        // 16 independent chains of fp32 multiply-adds in each thread; the result is written so that it is computed.
        extern "C" __global__ void __launch_bounds__(256) probe_fma(const KernelArguments arguments)
        {
        #ifndef KERNELGEN_EMULATED
            float sums[16];
            for (int i = 0; i < 16; i++)
                sums[i] = 0.001f * static_cast<float>(kg_thread() + i);
            const float factor = 0.9990f, term = arguments.scale;
            for (long long round = 0; round < arguments.query_strides.batch; round++)
            {
        #pragma unroll
                for (int i = 0; i < 16; i++)
                    asm volatile("fma.rn.f32 %0, %0, %1, %2;" : "+f"(sums[i]) : "f"(factor), "f"(term));
            }

            float sum = 1.0f;
            for (int i = 0; i < 16; i++)
                sum += sums[i] * sums[i];
            if (sum > 0.0f)
                *static_cast<float*>(arguments.output) = 1.0f;
        #endif
        }

        #if !defined(KERNELGEN_EMULATED) && __CUDA_ARCH__ >= 800
        KG_DEVICE void probe_multiply(kg_f16, float (&sums)[4], const unsigned int (&a)[4], const unsigned int (&b)[2])
        {
            asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 "
                "{%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
                : "+f"(sums[0]), "+f"(sums[1]), "+f"(sums[2]), "+f"(sums[3])
                : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
        }

        KG_DEVICE void probe_multiply(kg_bf16, float (&sums)[4], const unsigned int (&a)[4], const unsigned int (&b)[2])
        {
            asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 "
                "{%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
                : "+f"(sums[0]), "+f"(sums[1]), "+f"(sums[2]), "+f"(sums[3])
                : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
        }

        // 8 independent chains in each warp. The pattern is a pair of numbers near 0.5; signs and low bits
        // differ from lane to lane, as in real data.
        template <typename T>
        KG_DEVICE void probe_mma(const KernelArguments& arguments, unsigned int pattern)
        {
            float sums[8][4] = {};
            unsigned int a[4], b[2];
            for (int i = 0; i < 4; i++)
                a[i] = pattern
                    ^ ((static_cast<unsigned int>(kg_thread()) * 2654435761u + static_cast<unsigned int>(i) * 40503u) & 0x807f807fu);
            for (int i = 0; i < 2; i++)
                b[i] = pattern
                    ^ ((static_cast<unsigned int>(kg_thread()) * 2246822519u + static_cast<unsigned int>(i) * 30011u) & 0x807f807fu);
            for (long long round = 0; round < arguments.query_strides.batch; round++)
            {
        #pragma unroll
                for (int i = 0; i < 8; i++)
                    probe_multiply(T(), sums[i], a, b);
            }

            float sum = 1.0f;
            for (int i = 0; i < 8; i++)
                sum += sums[i][0] * sums[i][0] + sums[i][3] * sums[i][3];
            if (sum > 0.0f)
                *static_cast<float*>(arguments.output) = 1.0f;
        }
        #else
        template <typename T>
        KG_DEVICE void probe_mma(const KernelArguments&, unsigned int)
        {
        }
        #endif

        extern "C" __global__ void __launch_bounds__(256) probe_mma_f16(const KernelArguments arguments)
        {
            probe_mma<kg_f16>(arguments, 0x38003800u);
        }

        extern "C" __global__ void __launch_bounds__(256) probe_mma_bf16(const KernelArguments arguments)
        {
            probe_mma<kg_bf16>(arguments, 0x3f003f00u);
        }

        // Waits for a number of clocks.
        extern "C" __global__ void __launch_bounds__(256) probe_wait(const KernelArguments arguments)
        {
        #ifndef KERNELGEN_EMULATED
            long long begin, now;
            asm volatile("mov.u64 %0, %%clock64;" : "=l"(begin));
            do
                asm volatile("mov.u64 %0, %%clock64;" : "=l"(now));
            while (now - begin < arguments.query_strides.batch);
        #endif
        }

        """u8;

    private readonly AttentionHost _host;
    private readonly CudaDevice _device;
    private readonly IReadOnlyList<CudaHeader> _headers;
    private readonly DeviceTensor<float> _done;
    private readonly SlicePlan _wait;

    /// <summary>Makes the probes.</summary>
    /// <param name="host">A host on the GPU.</param>
    /// <param name="headers">The headers of generated kernels, the primitives among them.</param>
    public CudaProbes(AttentionHost host, CudaDevice device, IReadOnlyList<CudaHeader> headers)
    {
        (_host, _device, _headers) = (host, device, headers);
        _done = device.Allocate<float>(1);
        _wait = Plan("probe_wait", blocks: 1);
    }

    /// <summary>Queues a pause.</summary>
    /// <param name="duration">How long the GPU waits, at least.</param>
    public void Wait(nint stream, TimeSpan duration) =>
        Launch(_wait, stream, (long)(duration.TotalSeconds * 1e3 * _device.Limits.ClockKilohertz));

    /// <summary>Measures the multiply-add peaks, in TFLOP/s, by name of the instruction.</summary>
    public IReadOnlyDictionary<string, double> MeasurePeaks(CudaStream stream)
    {
        Dictionary<string, double> peaks = [];
        Add("fma_f32", "probe_fma", rounds: 1 << 16, operationsOfARoundPerThread: 16 * 2);
        if (_device.Limits.ComputeCapability >= 80)
        {
            // A product of 16 x 16 by 16 x 8 is done by the 32 lanes of a warp.
            const double PerThread = 8.0 * 2 * 16 * 16 * 8 / 32;
            Add(NameFor(ElementType.Float16), "probe_mma_f16", rounds: 1 << 14, PerThread);
            Add(NameFor(ElementType.BFloat16), "probe_mma_bf16", rounds: 1 << 14, PerThread);
        }

        return peaks;

        void Add(string name, string entryPoint, long rounds, double operationsOfARoundPerThread)
        {
            int blocks = BlocksPerMultiprocessor * _device.Limits.Multiprocessors;
            if (Seconds(Plan(entryPoint, blocks), stream, rounds) is { } seconds)
                peaks[name] = operationsOfARoundPerThread * Threads * blocks * rounds / seconds / 1e12;
        }
    }

    /// <summary>The peak that kernels of an element type are compared with.</summary>
    public static string NameFor(ElementType elementType) => elementType switch
    {
        ElementType.Float16 => "mma_sync_f16",
        ElementType.BFloat16 => "mma_sync_bf16",
        _ => "fma_f32",
    };

    /// <inheritdoc/>
    public void Dispose() => _done.Dispose();

    private double? Seconds(SlicePlan plan, CudaStream stream, long rounds)
    {
        using CudaEvent first = _device.CreateEvent(), last = _device.CreateEvent();
        _done.Upload([0f], stream.Handle);
        Launch(plan, stream.Handle, rounds);
        List<double> seconds = [];
        for (int sample = 0; sample < Samples; sample++)
        {
            first.Record(stream.Handle);
            Launch(plan, stream.Handle, rounds);
            last.Record(stream.Handle);
            seconds.Add(last.ElapsedSince(first).TotalSeconds);
        }

        float[] done = new float[1];
        _done.Download(done, stream.Handle);
        return done[0] == 1 ? Medians.Of(seconds) : null;
    }

    private void Launch(SlicePlan plan, nint stream, long count)
    {
        KernelArguments arguments = AttentionHost.CreateArguments(plan);
        arguments.Query = arguments.Key = arguments.Value = arguments.Output = _done.Address;

        // A probe has no queries: the place of their stride carries its count.
        arguments.QueryStrides = new(count, 0, 0);
        _host.Launch(plan, arguments, stream);
    }

    private SlicePlan Plan(string entryPoint, int blocks)
    {
        CudaStage stage = new(entryPoint, Threads, SharedBytes: 0, RowsPerBlock: 1);
        KernelVariant variant = new(
            entryPoint, KernelFamily.Streaming, KernelTarget.Simt, ElementType.Float32, AttentionShape.HeadDimStep, sliceRows: 1,
            new(TileRows: 1, TileKeys: 1, BytesPerScore: 0, WorkerBytes: 0), new CudaKernelSource(Source, _headers, [stage]));
        return _host.Plan<float>(new KernelCatalogue(nameof(CudaProbes), variant), new(1, 1, blocks, 1, AttentionShape.HeadDimStep));
    }
}
