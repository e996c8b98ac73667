using System.Text;
using System.Text.Json;
using KernelGen.Kernels;
using KernelGen.Lab.Measuring;
using KernelGen.Lab.Probes;
using KernelGen.Samples.Models;

namespace KernelGen.Lab.Tests.Probes;

/// <summary>The probes run on the emulator, where their numbers mean nothing, and are CUDA C that a compiler for the GPU takes.</summary>
[TestClass]
public sealed class ProbeTests
{
    private static readonly Lazy<string> _emulator = new(() =>
    {
        CommandResult build = ChildProcess.Run(Path.Combine(Repository.Folder!, "tests", "CudaEmulator", "build.sh"), []);
        return build.AssertDone().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1];
    });

    [TestMethod]
    [ExecutableCondition("g++", IgnoreMessage = "The CUDA emulator is built with g++, which is not installed.")]
    [MemberCondition(typeof(Repository), nameof(Repository.IsThere), IgnoreMessage = "There is no source tree here.")]
    public void EveryProbe_RunsOnTheEmulator()
    {
        using TestFolder folder = new();
        PlantedLink link = new(folder, "probes.json.part");
        JsonElement printed = Probe("9.0", "--output", folder["probes.json"]).AssertDone().Json;
        link.AssertUntouched();
        JsonElement[] probes = [.. printed.GetProperty("probes").EnumerateArray()];

        CollectionAssert.AreEqual(ProbeRun.Names.ToArray(), probes.Select(Name).ToArray());
        Assert.IsTrue(printed.GetProperty("smoke").GetBoolean());
        Assert.IsTrue(printed.GetProperty("complete").GetBoolean());
        Assert.AreEqual(printed.GetProperty("probes").GetRawText(),
            JsonDocument.Parse(File.ReadAllText(folder["probes.json"])).RootElement.GetProperty("probes").GetRawText());
        foreach (JsonElement probe in probes.Where(probe => Name(probe) != "partial-panels"))
        {
            Assert.IsGreaterThan(0, probe.GetProperty("rows").GetArrayLength(), Name(probe));
            Assert.AreEqual(0, probe.GetProperty("faults").GetArrayLength(), probe.GetProperty("faults").GetRawText());
            Assert.AreEqual(0, probe.GetProperty("failures").GetArrayLength(), probe.GetProperty("failures").GetRawText());
        }

        JsonElement turns = probes.Single(probe => Name(probe) == "turns");
        Assert.IsTrue(turns.GetProperty("rows").EnumerateArray().Any(row => !row.GetProperty("as_emitted").GetBoolean()),
            "the constant is not in the emitted text any more");

        Assert.HasCount(3, probes.Single(probe => Name(probe) == "multicast").GetProperty("rows").EnumerateArray().ToArray());
        Assert.AreEqual("sums are cut off, towards zero",
            probes.Single(probe => Name(probe) == "sums").GetProperty("answers")[0].GetString(), "as the emulator does");

        // The emulator goes by the documentation.
        Assert.Contains("not documented", probes.Single(probe => Name(probe) == "partial-panels").GetProperty("faults")[0].GetString()!);
    }

    [TestMethod]
    [ExecutableCondition("g++", IgnoreMessage = "The CUDA emulator is built with g++, which is not installed.")]
    [MemberCondition(typeof(Repository), nameof(Repository.IsThere), IgnoreMessage = "There is no source tree here.")]
    public void KernelsCompiledInAdvance_AreTakenFromTheirFolder()
    {
        const string kernel = "streaming-sm90a-f16-d64-r64";
        using TestFolder folder = new();
        string[] compile = ["kernels", "--compile", "--match", kernel, "--arch", "9.0", "--mask", "none", "--out", folder["kernels"]];
        Run("KernelGen.Samples", compile, "9.0").AssertDone();

        string[] options = ["--only", "compilation", "--kernels", kernel];
        JsonElement compiled = Probe("9.0", options).AssertDone().Json.GetProperty("probes")[0];
        JsonElement taken = Probe("9.0", [.. options, "--precompiled", folder["kernels"]]).AssertDone().Json.GetProperty("probes")[0];
        Assert.AreEqual("compiler", compiled.GetProperty("rows")[0].GetProperty("from").GetString());
        Assert.AreEqual("folder", taken.GetProperty("rows")[0].GetProperty("from").GetString());
        Assert.Contains("no kernel spills", taken.GetProperty("answers")[1].GetString()!);
    }

    [TestMethod]
    [ExecutableCondition("g++", IgnoreMessage = "The CUDA emulator is built with g++, which is not installed.")]
    [MemberCondition(typeof(Repository), nameof(Repository.IsThere), IgnoreMessage = "There is no source tree here.")]
    public void OtherGpus_AreToldWhatIsMissing()
    {
        JsonElement[] probes = [.. Probe("8.0", "--only", "products", "softmax").AssertDone().Json.GetProperty("probes").EnumerateArray()];

        Assert.HasCount(2, probes);
        Assert.AreEqual(
            "needs compute capability 9.0", probes.Single(probe => Name(probe) == "products").GetProperty("faults")[0].GetString());
        Assert.AreEqual(2, probes.Single(probe => Name(probe) == "softmax").GetProperty("rows").GetArrayLength());
    }

    [TestMethod]
    public void UnknownProbe_IsAClearError() => CommandResult.Of("probe", "--only", "nothing").AssertFault(ExitCode.BadInput, "nothing");

    [TestMethod]
    [ExecutableCondition("clang++-19", IgnoreMessage = "clang++-19 is not installed; it compiles CUDA C to PTX without a toolkit.")]
    [DataRow("softmax_mix.cu", "PROBE_POLYNOMIALS", new[] { 0, 1, 4 }, "ex2.approx.ftz.f32")]
    [DataRow("tensor_copies.cu", "PROBE_DIMS", new[] { 8, 64 }, "cp.async.bulk.tensor.4d")]
    [DataRow("wide_box.cu", "PROBE_NOTHING", new[] { 0 }, "cp.async.bulk.tensor.4d")]
    [DataRow("waiting.cu", "PROBE_WAITING", new[] { 0 }, "bar.sync")]
    [DataRow("waiting.cu", "PROBE_WAITING", new[] { 1, 2 }, "mbarrier.try_wait.parity")]
    [DataRow("waiting.cu", "PROBE_WAITING", new[] { 3 }, "mbarrier.test_wait.parity")]
    public void Probe_CompilesToPtx(string file, string constant, int[] values, string instruction)
    {
        foreach (int value in values)
            Assert.Contains(instruction, Ptx(file, columns: 0, (constant, value)));
    }

    [TestMethod]
    [ExecutableCondition("clang++-19", IgnoreMessage = "clang++-19 is not installed; it compiles CUDA C to PTX without a toolkit.")]
    [DataRow(16, 1)]
    [DataRow(40, 2)]
    [DataRow(160, 3)]
    [DataRow(256, 3)]
    public void Products_CompileToPtx(int columns, int warpgroups)
    {
        string ptx = Ptx("product_clocks.cu", columns, ("PROBE_COLUMNS", columns), ("PROBE_WARPGROUPS", warpgroups));
        Assert.Contains($"wgmma.mma_async.sync.aligned.m64n{columns}k16.f32.f16.f16", ptx);
        Assert.Contains("mov.u64", ptx);
        foreach (int panel in new[] { 16, 32, 64 })
            Assert.Contains("wgmma.mma_async", Ptx("product_layout.cu", columns, ("PROBE_COLUMNS", columns), ("PROBE_PANEL", panel)));
    }

    [TestMethod]
    [ExecutableCondition("clang++-19", IgnoreMessage = "clang++-19 is not installed; it compiles CUDA C to PTX without a toolkit.")]
    public void MulticastAndSums_CompileToPtx()
    {
        string alone = Ptx("multicast.cu", columns: 0, ("PROBE_CLUSTER", 1), ("PROBE_MULTICAST", 0));
        string shared = Ptx("multicast.cu", columns: 0, ("PROBE_CLUSTER", 2), ("PROBE_MULTICAST", 1));
        Assert.DoesNotContain(".multicast::cluster", alone);
        Assert.Contains(".multicast::cluster", shared);
        Assert.Contains("wgmma.mma_async.sync.aligned.m64n16k16.f32.f16.f16", Ptx("product_sums.cu", columns: 16));
    }

    private static string Ptx(string file, int columns, params (string, int)[] constants)
    {
        using TestFolder folder = new();
        CudaHeader[] primitives =
            [.. new MeasuredKernels(ModelCatalogue.Classes).Hopper[0].Cuda!.Headers.Where(
                header => header.Name.EndsWith("primitives.cuh", StringComparison.Ordinal))];
        foreach (CudaHeader header in ProbeSources.Headers(primitives, columns))
            File.WriteAllText(folder[header.Name], Encoding.UTF8.GetString(header.Text()));
        File.WriteAllText(folder[file], Encoding.UTF8.GetString(ProbeSources.Text(file, constants)()));
        CommandResult result = ChildProcess.Run(
            "clang++-19",
            [
                "-x", "cuda", "-nocudainc", "-nocudalib", "--cuda-device-only", "--cuda-gpu-arch=sm_90a", "-std=c++17", "-O3", "-Wall",
                "-Wextra", "-Werror", "-S",
                "-o", "-", folder[file],
            ]);
        Assert.AreEqual(0, result.Code, result.Error);
        return result.Output;
    }

    private static string Name(JsonElement probe) => probe.GetProperty("name").GetString()!;

    private static CommandResult Probe(string capability, params string[] options) =>
        Run("KernelGen.Lab", ["probe", "--smoke", "--json", .. options], capability);

    private static CommandResult Run(string program, string[] arguments, string capability) => ChildProcess.Run(
        Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? program + ".exe" : program),
        arguments,
        null,
        [("KERNELGEN_CUDA_LIBRARY", _emulator.Value), ("KERNELGEN_NVRTC_LIBRARY", _emulator.Value),
            ("CUDA_EMULATOR_COMPUTE_CAPABILITY", capability)]);
}
