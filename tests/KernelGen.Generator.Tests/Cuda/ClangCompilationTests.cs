using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using KernelGen.Generator.Emission;
using KernelGen.Generator.Model;
using KernelGen.Generator.Rendering;

namespace KernelGen.Generator.Tests.Cuda;

/// <summary>
/// Every emitted source compiles to PTX without toolkit headers, and the PTX has none of the things that make a kernel slow without a word.
/// </summary>
[TestClass]
public sealed partial class ClangCompilationTests
{
    [TestMethod]
    [ExecutableCondition("clang++-19", IgnoreMessage = "clang++-19 is not installed; it compiles CUDA C to PTX without a toolkit.")]
    [DataRow("sm_75", new[] { 8, 40, 88, 160, 264, 512 })]
    [DataRow("sm_80", new[] { 64, 256 })]
    [DataRow("sm_90a", new[] { 128 })]
    public void EmittedSources_CompileToCleanPtx(string architecture, int[] headDims)
    {
        using KernelFolder folder = new();
        string[] files =
        [
            .. SimtVariant.All.Where(variant => SimtVariant.TestAll || headDims.Contains(variant.HeadDim)).Select(folder.Add),
            folder.Add(SimtVariant.Of(KernelFamily.Materialized, ElementType.Float16, 80, 16)),
            folder.Add(SimtVariant.Of(KernelFamily.Materialized, ElementType.Float32, 512, 32)),
        ];

        CompileToCleanPtx(files, architecture);
    }

    [TestMethod]
    [ExecutableCondition("clang++-19", IgnoreMessage = "clang++-19 is not installed; it compiles CUDA C to PTX without a toolkit.")]
    [DataRow("sm_80", new[] { 8, 40, 64, 72, 128, 160, 256, 264, 512 })]
    [DataRow("sm_90a", new[] { 40, 512 })]
    public void EmittedTensorCoreSources_CompileToCleanPtx(string architecture, int[] headDims)
    {
        using KernelFolder folder = new();
        CompileToCleanPtx([.. Sm80Variant.All.Where(variant => SimtVariant.TestAll || headDims.Contains(variant.HeadDim))
            .Select(folder.Add)], architecture);
    }

    [TestMethod]
    [ExecutableCondition("clang++-19", IgnoreMessage = "clang++-19 is not installed; it compiles CUDA C to PTX without a toolkit.")]
    public void EmittedHopperSources_CompileToCleanPtx()
    {
        // Of the two 16-bit types, whose texts differ in a word, each head dim takes one.
        int[] halfHeadDims = [8, 80, 256, 384], bfloatHeadDims = [40, 128, 264, 512];
        bool IsChosen(KernelConfiguration variant) => SimtVariant.TestAll
            || (variant.ElementType != ElementType.BFloat16 && halfHeadDims.Contains(variant.HeadDim))
            || (variant.ElementType != ElementType.Float16 && bfloatHeadDims.Contains(variant.HeadDim));
        using KernelFolder folder = new();
        CompileToCleanPtx([.. Sm90aVariant.All.Where(IsChosen).Select(folder.Add)], "sm_90a");
    }

    [TestMethod]
    [ExecutableCondition("clang++-19", IgnoreMessage = "clang++-19 is not installed; it compiles CUDA C to PTX without a toolkit.")]
    public void EveryHopperPrimitive_IsThePtxInstructionItNames()
    {
        const string source = """
            #include "kernelgen_primitives.cuh"
            #include "kernelgen_sm90a_primitives.cuh"
            extern "C" __global__ void __launch_bounds__(128, 1) primitives(const __grid_constant__ kg_tensor_map map, float* output)
            {
                const unsigned int shared = kg_shared_address(kg_shared_memory());
                const int two[2] = {}, three[3] = {}, four[4] = {}, five[5] = {};
                kg_prefetch_tensor_map(map);
                kg_mbarrier_init(shared, 1);
                kg_fence_mbarrier_init();
                kg_mbarrier_arrive(shared);
                kg_mbarrier_arrive_if(shared, kg_elect());
                kg_mbarrier_arrive_in_cluster_if(shared, kg_elect());
                kg_mbarrier_arrive_expect(shared, 64);
                kg_mbarrier_wait(shared, 0);
                kg_tensor_load(shared, map, shared, two);
                kg_tensor_load(shared, map, shared, three);
                kg_tensor_load(shared, map, shared, four);
                kg_tensor_load(shared, map, shared, five);
                kg_cluster_arrive();
                kg_cluster_wait();
                kg_mbarrier_arrive_in_cluster(kg_cluster_address(shared, kg_cluster_rank()));
                kg_mbarrier_release_in_cluster_if(kg_cluster_address(shared, kg_cluster_rank()), kg_elect());
                kg_tensor_load_multicast(shared, map, shared, four, 3);
                kg_bulk_load(shared, output, 64, shared);
                kg_fence_async_proxy();
                kg_tensor_store(map, shared, two);
                kg_tensor_store(map, shared, three);
                kg_tensor_store(map, shared, four);
                kg_tensor_store(map, shared, five);
                kg_commit_tensor_stores();
                kg_wait_tensor_stores_read<1>();
                kg_wait_tensor_stores<0>();
                kg_warp_barrier();
                kg_named_barrier_arrive(1, 128);
                kg_named_barrier_sync(2, 128);
                kg_release_registers<24>();
                kg_take_registers<240>();
                kg_product_fence();
                kg_commit_products();
                kg_complete_before_wait(shared, output[0], output[1]);
                kg_wait_products<1>();
                output[2] = kg_load_if(output, kg_elect(), 1.0f);
                output[3] = static_cast<float>(
                    kg_load_if(reinterpret_cast<const unsigned char*>(output), kg_elect(), 1u) + kg_uniform(kg_grid_x()));
                kg_store(output + kg_grid_x(), kg_named_barrier_any(kg_warpgroup(), 128, kg_elect()) ? 1.0f : 0.0f);
            }
            """;
        using KernelFolder folder = new();
        string file = Path.Combine(folder.Path, "primitives.cu");
        File.WriteAllText(file, source);
        foreach (CudaHeaderTemplate header in CudaVariants.Headers(Sm90aVariant.Streaming(ElementType.Float16, 64, 64)))
            File.WriteAllText(Path.Combine(folder.Path, header.Name), header.Render(TemplateLibrary.Embedded));

        (int exitCode, string ptx, string error) = Tool.Run(
            "clang++-19", "-x", "cuda", "-nocudainc", "-nocudalib", "--cuda-device-only", "--cuda-gpu-arch=sm_90a", "-std=c++17", "-O3",
            "-Wall", "-Wextra", "-Werror", "-S", "-o", "-", file);

        Assert.AreEqual(0, exitCode, error);
        foreach (string instruction in new[]
        {
            "prefetch.tensormap [", "mbarrier.init.shared::cta.b64 [", "fence.mbarrier_init.release.cluster;",
            "mbarrier.arrive.shared::cta.b64 _, [",
            "mbarrier.arrive.expect_tx.shared::cta.b64 _, [", "@p mbarrier.arrive.shared::cta.b64 _, [",
            "@p mbarrier.arrive.shared::cluster.b64 _, [", "mbarrier.try_wait.parity.shared::cta.b64 done, [",
            "cp.async.bulk.tensor.2d.shared::cluster.global.mbarrier::complete_tx::bytes [",
            "cp.async.bulk.tensor.5d.shared::cluster.global.mbarrier::complete_tx::bytes [",
            "barrier.cluster.arrive.release;", "barrier.cluster.wait.acquire;", ", %cluster_ctarank;", "mapa.shared::cluster.u32 ",
            "mbarrier.arrive.shared::cluster.b64 _, [", "@p mbarrier.arrive.release.cluster.shared::cluster.b64 _, [",
            "cp.async.bulk.tensor.4d.shared::cluster.global.mbarrier::complete_tx::bytes.multicast::cluster [",
            "cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes [",
            "cp.async.bulk.tensor.2d.global.shared::cta.bulk_group [", "cp.async.bulk.tensor.5d.global.shared::cta.bulk_group [",
            "cp.async.bulk.commit_group;",
            "cp.async.bulk.wait_group.read 1;", "cp.async.bulk.wait_group 0;", "fence.proxy.async.shared::cta;", "bar.arrive ", "bar.sync ",
            "bar.red.or.pred q, ",
            "setmaxnreg.dec.sync.aligned.u32 24;", "setmaxnreg.inc.sync.aligned.u32 240;", "elect.sync _|p, 0xffffffff;",
            "shfl.sync.idx.b32 ", "bar.warp.sync 0xffffffff;",
            "wgmma.fence.sync.aligned;", "wgmma.commit_group.sync.aligned;", "wgmma.wait_group.sync.aligned 1;",
            "mbarrier.test_wait.parity.shared::cta.b64 done, [", "@p ld.global.f32 ", "@p ld.global.u8 ",
        })
        {
            Assert.Contains(instruction, ptx);
        }
    }

    private static void CompileToCleanPtx(string[] files, string architecture)
    {
        var faults = new ConcurrentBag<string>();
        var compilations = files.SelectMany(file => new[] { (File: file, Masks: 0), (File: file, Masks: 1) });
        Parallel.ForEach(compilations, new ParallelOptions { MaxDegreeOfParallelism = 2 }, compilation =>
        {
            foreach (string fault in Faults(compilation.File, architecture, compilation.Masks))
                faults.Add($"{Path.GetFileName(compilation.File)}, {architecture}, general masks {compilation.Masks}: {fault}");
        });
        Assert.IsEmpty(faults, string.Join('\n', faults.Order()));
    }

    private static IEnumerable<string> Faults(string file, string architecture, int generalMasks)
    {
        // NVRTC refuses a function that does not say that the GPU runs it, also a constexpr one, which clang by itself would take.
        (int exitCode, string ptx, string error) = Tool.Run(
            "clang++-19", "-x", "cuda", "-nocudainc", "-nocudalib", "--cuda-device-only", $"--cuda-gpu-arch={architecture}", "-Xclang",
            "-fno-cuda-host-device-constexpr",
            $"-DKERNELGEN_GENERAL_MASKS={generalMasks}", "-std=c++17", "-O3", "-Wall", "-Wextra", "-Werror", "-S", "-o", "-", file);
        if (exitCode != 0 || error.Length > 0)
        {
            yield return error;
            yield break;
        }

        // Clang 19 knows no __grid_constant__: it copies the three or four tensor maps, which NVRTC leaves where they are.
        if (ptx.Contains(".local", StringComparison.Ordinal) && !TensorMapsAlone().IsMatch(ptx))
            yield return "an array lies in local memory: some index is not a constant after unrolling";
        if (ptx.Contains("call.uni", StringComparison.Ordinal))
            yield return "a function was not inlined";
        if (ptx.Contains(".f64", StringComparison.Ordinal))
            yield return "double precision";

        // A wide access is right only where the kernel looked at the alignment first, and there it is spelled out; the compiler may not
        // make others. Evict-first (cs) changes nothing in that.
        foreach (string access in GlobalAccess().Matches(ptx).Select(match => match.Value).Distinct())
        {
            if (!_knownAccesses.Contains(access.Replace(".cs.", ".", StringComparison.Ordinal)))
                yield return $"{access} is not an access of one element or a spelled-out group";
        }
    }

    private static readonly HashSet<string> _knownAccesses =
    [
        "ld.global.v4.f32", "st.global.v4.f32", "ld.global.v4.u16", "st.global.v4.u16",
        "ld.global.v2.f32", "st.global.v2.f32", "st.global.v4.u32", "ld.global.u32", "st.global.u32",
        "ld.global.f32", "st.global.f32", "ld.global.u16", "st.global.u16", "ld.global.u8",
    ];

    [GeneratedRegex(@"\.local \.align 64 \.b8 \t__local_depot\d+\[(384|512)\];")]
    private static partial Regex TensorMapsAlone();

    [GeneratedRegex(@"\b(ld|st)\.(global|volatile|[bfsu]\d|v\d)[.\w]*")]
    private static partial Regex GlobalAccess();
}
