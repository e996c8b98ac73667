using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using KernelGen.Generator.Model;

namespace KernelGen.Generator.Tests.Cuda;

/// <summary>Every emitted source compiles to PTX without toolkit headers, and the PTX has none of the things that make a kernel slow without a word.</summary>
[TestClass]
public sealed partial class ClangCompilationTests
{
    private static readonly int[] _commonHeadDims = [8, 40, 64, 72, 80, 88, 96, 112, 128, 160, 192, 256, 264, 384, 512];

    [TestMethod]
    [ExecutableCondition("clang++-19", IgnoreMessage = "clang++-19 is not installed; it compiles CUDA C to PTX without a toolkit.")]
    [DataRow("sm_75", new int[0])]
    [DataRow("sm_80", new[] { 40, 80, 128, 512 })]
    [DataRow("sm_90a", new[] { 40, 80, 128, 512 })]
    public void EmittedSources_CompileToCleanPtx(string architecture, int[] headDims)
    {
        int[] chosen = headDims.Length > 0 ? headDims : _commonHeadDims;
        using KernelFolder folder = new();
        string[] files =
        [
            .. SimtVariant.All.Where(variant => SimtVariant.TestAll || chosen.Contains(variant.HeadDim)).Select(folder.Add),
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
        CompileToCleanPtx([.. Sm80Variant.All.Where(variant => SimtVariant.TestAll || headDims.Contains(variant.HeadDim)).Select(folder.Add)], architecture);
    }

    [TestMethod]
    [ExecutableCondition("clang++-19", IgnoreMessage = "clang++-19 is not installed; it compiles CUDA C to PTX without a toolkit.")]
    public void EmittedHopperSources_CompileToCleanPtx()
    {
        int[] headDims = [8, 40, 64, 72, 80, 96, 128, 160, 192, 256];
        using KernelFolder folder = new();
        CompileToCleanPtx([.. Sm90aVariant.All.Where(variant => SimtVariant.TestAll || headDims.Contains(variant.HeadDim)).Select(folder.Add)], "sm_90a");
    }

    private static void CompileToCleanPtx(string[] files, string architecture)
    {
        var faults = new ConcurrentBag<string>();
        Parallel.ForEach(files, new ParallelOptions { MaxDegreeOfParallelism = 2 }, file =>
        {
            foreach (string fault in Faults(file, architecture))
                faults.Add($"{Path.GetFileName(file)}, {architecture}: {fault}");
        });
        Assert.IsEmpty(faults, string.Join('\n', faults.Order()));
    }

    private static IEnumerable<string> Faults(string file, string architecture)
    {
        (int exitCode, string ptx, string error) = Tool.Run(
            "clang++-19", "-x", "cuda", "-nocudainc", "-nocudalib", "--cuda-device-only", $"--cuda-gpu-arch={architecture}",
            "-std=c++17", "-O3", "-Wall", "-Wextra", "-Werror", "-S", "-o", "-", file);
        if (exitCode != 0 || error.Length > 0)
        {
            yield return error;
            yield break;
        }

        // Clang 19 knows no __grid_constant__: it copies the three tensor maps, which NVRTC leaves where they are.
        if (ptx.Contains(".local", StringComparison.Ordinal) && !ptx.Contains(".local .align 64 .b8 \t__local_depot0[384];", StringComparison.Ordinal))
            yield return "an array lies in local memory: some index is not a constant after unrolling";
        if (ptx.Contains("call.uni", StringComparison.Ordinal))
            yield return "a function was not inlined";
        if (ptx.Contains(".f64", StringComparison.Ordinal))
            yield return "double precision";

        // A wide access is right only where the kernel looked at the alignment first, and there it is spelled out; the compiler may not make others.
        foreach (string access in GlobalAccess().Matches(ptx).Select(match => match.Value).Distinct())
        {
            if (!_knownAccesses.Contains(access))
                yield return $"{access} is not an access of one element or a spelled-out group";
        }
    }

    private static readonly HashSet<string> _knownAccesses =
    [
        "ld.global.v4.f32", "st.global.v4.f32", "ld.global.v4.u16", "st.global.v4.u16",
        "ld.global.v2.f32", "st.global.v2.f32", "st.global.v4.u32", "ld.global.u32", "st.global.u32",
        "ld.global.f32", "st.global.f32", "ld.global.u16", "st.global.u16", "ld.global.u8",
    ];

    [GeneratedRegex(@"\b(ld|st)\.(global|volatile|[bfsu]\d|v\d)[.\w]*")]
    private static partial Regex GlobalAccess();
}
