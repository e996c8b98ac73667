using KernelGen.Cpu;
using KernelGen.Cuda.Compilation;
using KernelGen.Cuda.Interop;
using KernelGen.Execution;
using KernelGen.Kernels;
using KernelGen.Reference;
using KernelGen.RuntimeHost.Tests.Cpu;
using KernelGen.RuntimeHost.Tests.Cuda;
using KernelGen.RuntimeHost.Tests.Reference;
using KernelGen.SoftCap;
using KernelGen.Tensors;

namespace KernelGen.RuntimeHost.Tests.Execution;

/// <summary>The worked example of docs/04: a class whose scores are capped by templates of its own, in kernels of every kind.</summary>
[TestClass]
public sealed class SoftCapTests
{
    private const double Cap = 30;

    /// <summary>Whole tiles that every row sees, causal ones, and a mask: each is finished by code of its own.</summary>
    private static readonly (bool Causal, bool Masked)[] _kinds = [(false, false), (true, false), (false, true)];

    public static bool HasCompiler => CudaLibraries.Shared.TryGetNvrtcForAnyDriver(out _, out _);

    [TestMethod]
    [DataRow(KernelFamily.Streaming, ElementType.Float32, 64, 70)]
    [DataRow(KernelFamily.Materialized, ElementType.Float32, 64, 70)]
    [DataRow(KernelFamily.Streaming, ElementType.Float16, 264, 70)]
    [DataRow(KernelFamily.Streaming, ElementType.Float32, 64, 11, DisplayName = "few queries")]
    public void CpuKernels_CapTheirScores(KernelFamily family, ElementType elementType, int headDim, int queries)
    {
        foreach (CpuVectorPath path in CpuCall.SupportedPaths)
        {
            using AttentionHost host = AttentionHost.CreateDefault(new() { Device = DeviceKind.Cpu, VectorPath = path, Threads = 2 });
            foreach ((bool causal, bool masked) in _kinds)
            {
                AttentionCall call =
                    Call(elementType, headDim, keys: 300, causal, masked, queries) with { Planning = new() { Family = family } };
                float[] actual = call.Run(host, SoftCappedAttention.Catalogue, elementType, out RunReport report);
                Assert.AreEqual(queries <= 16, report.Plan.Variant.Footprint.ChunksApart);

                string what = $"{report.Plan.Variant.Id}, {path}, causal {causal}, masked {masked}";
                Assert.IsLessThan(Bound(elementType), RelativeError.Of(Expected(call, masked), actual), what);
            }
        }
    }

    [TestMethod]
    [DataRow(KernelTarget.Simt)]
    [DataRow(KernelTarget.Sm80)]
    [DataRow(KernelTarget.Sm90a)]
    [ResourceLock(CudaTest.Resource)]
    [MemberCondition(typeof(CudaTest), nameof(CudaTest.HasDevice), IgnoreMessage = CudaTest.NoDevice)]
    public void CudaKernels_CapTheirScores(KernelTarget target)
    {
        // One kernel of each template.
        KernelVariant[] variants =
        [
            .. SoftCappedAttention.Catalogue.Variants.ToArray()
                .Where(variant => variant.Target == target && (target != KernelTarget.Simt || variant.HeadDim == 64))
                .GroupBy(variant => (variant.Family, variant.HeadDim, variant.ElementType == ElementType.Float32, variant.MaximumKeys > 0))
                .Select(group => group.First()),
        ];
        using AttentionHost host = CudaTest.Host(CudaTest.Open(CudaTest.CapabilityFor(target)));
        foreach (KernelVariant variant in variants)
        {
            // A text with masks is compiled once more: the first kernel of a target is enough.
            foreach ((bool causal, bool masked) in variant == variants[0] ? _kinds : _kinds[..2])
            {
                int keys = variant.MaximumKeys > 0 ? Math.Min(variant.MaximumKeys, 77) : 300;
                AttentionCall call = Call(variant.ElementType, variant.HeadDim, keys, causal, masked);
                float[] actual = call.Run(host, new KernelCatalogue(variant.Id, variant), variant.ElementType, out _);

                string what = $"{variant.Id}, causal {causal}, masked {masked}";
                Assert.IsLessThan(Bound(variant.ElementType), RelativeError.Of(Expected(call, masked), actual), what);
            }
        }
    }

    [TestMethod]
    [DataRow(KernelTarget.Simt, 75)]
    [DataRow(KernelTarget.Sm80, 86)]
    [DataRow(KernelTarget.Sm90a, 90)]
    [MemberCondition(typeof(SoftCapTests), nameof(HasCompiler), IgnoreMessage = "There is no NVRTC (KERNELGEN_NVRTC_LIBRARY).")]
    public void CudaKernels_AreAcceptedByNvrtc(KernelTarget target, int computeCapability)
    {
        KernelVariant variant = SoftCappedAttention.Catalogue.Variants.ToArray()
            .First(variant => variant is { Family: KernelFamily.Streaming, HeadDim: 64 } && variant.Target == target);
        IReadOnlyList<CompilationRequest> requests =
            AdvanceCompiler.Requests([variant], [new(computeCapability)], [KernelSpecialization.None, KernelSpecialization.Masked]);

        IReadOnlyList<KernelCompilation> compilations = AdvanceCompiler.Create().Compile(requests);

        Assert.HasCount(2, compilations);
        foreach (KernelCompilation compilation in compilations)
            Assert.IsNull(compilation.Fault, compilation.Log);
    }

    // Scores of some tens: most are far beyond the cap.
    private static AttentionCall Call(ElementType elementType, int headDim, int keys, bool causal, bool masked, int queries = 70)
    {
        AttentionShape shape = new(1, 2, queries, keys, headDim);
        AttentionMask? mask = masked ? AttentionMask.Boolean(Attends(shape), 1, 1, shape.Queries, keys) : null;
        return AttentionCall.Random(shape, elementType, new() { Causal = causal, Mask = mask, Scale = 10 });
    }

    private static bool[] Attends(AttentionShape shape)
    {
        Random random = new(7);
        return [.. Enumerable.Range(0, shape.Queries * shape.Keys).Select(_ => random.Next(3) != 0)];
    }

    // Powers of two are right to 2^-22 on a GPU, and the cap multiplies that.
    private static double Bound(ElementType elementType) => elementType == ElementType.Float32 ? 3e-5 : 1.2e-3;

    private static double[] Expected(AttentionCall call, bool masked)
    {
        AttentionShape shape = call.Shape;
        bool[] attends = masked ? Attends(shape) : [];
        double[] output = new double[shape.QueryElements];
        for (int row = 0; row < shape.Heads * shape.Queries; row++)
        {
            int head = row / shape.Queries, query = row % shape.Queries;
            int seen = call.Options.Causal == true ? Math.Min(query + 1, shape.Keys) : shape.Keys;
            double sum = 0;
            Span<double> result = output.AsSpan(row * shape.HeadDim, shape.HeadDim);
            for (int key = 0; key < seen; key++)
            {
                if (masked && !attends[(query * shape.Keys) + key])
                    continue;
                int place = ((head * shape.Keys) + key) * shape.HeadDim;
                double dot = 0;
                for (int d = 0; d < shape.HeadDim; d++)
                    dot += (double)call.Query[(row * shape.HeadDim) + d] * call.Key[place + d];

                // No score is above the cap: it can be subtracted without a look at the others.
                double weight = Math.Exp((Cap * Math.Tanh(dot * call.Options.Scale!.Value / Cap)) - Cap);
                sum += weight;
                for (int d = 0; d < shape.HeadDim; d++)
                    result[d] += weight * call.Value[place + d];
            }

            for (int d = 0; d < shape.HeadDim; d++)
                result[d] = sum == 0 ? 0 : result[d] / sum;
        }

        return output;
    }
}
