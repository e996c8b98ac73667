using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using KernelGen.Cpu;
using KernelGen.Reference.Safetensors;
using KernelGen.Tensors;

namespace KernelGen.Samples.Tests.Commands;

[TestClass]
public sealed class AttendGoldenTests
{
    public static IEnumerable<object[]> Cases =>
        from path in GoldenVectors.Paths
        from family in (string[])["streaming", "materialized"]
        from tiny in (bool[])[false, true]
        select new object[] { Path.GetFileNameWithoutExtension(path), family, tiny };

    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void Attend_GoldenVector_IsWithinTheBound(string vector, string family, bool tiny)
    {
        using TestFolder folder = new();
        string input = PathOf(vector);
        string output = folder["out.safetensors"];
        long freeBytes = tiny ? SmallestFreeBytes(input, family) : 1L << 30;
        JsonElement report = CommandResult
            .Of("attend", input, output, "--family", family, "--free-bytes", freeBytes.ToString(CultureInfo.InvariantCulture), "--json",
                "--check")
            .AssertDone().Json;

        double error = GoldenVectors.Error(input, output);
        Assert.IsLessThanOrEqualTo(GoldenVectors.Bound(input), error);
        Assert.AreEqual(family, report.GetProperty("family").GetString());
        Assert.AreEqual(report.GetProperty("workspace_bytes").GetInt64(), report.GetProperty("measured_workspace_bytes").GetInt64());
        Assert.IsLessThanOrEqualTo(freeBytes, report.GetProperty("measured_workspace_bytes").GetInt64());
        Assert.AreEqual(0, report.GetProperty("non_finite_rows").GetInt64());
        if (tiny && TotalRows(input) > 512)
            Assert.IsGreaterThan(1, report.GetProperty("slice_count").GetInt32());
    }

    public static IEnumerable<object[]> Paths =>
        from path in GoldenVectors.Paths
        from family in (string[])["streaming", "materialized"]
        from vectors in (string[])["avx512", "avx2", "vector128"]
        select new object[] { Path.GetFileNameWithoutExtension(path), family, vectors };

    [TestMethod]
    [DynamicData(nameof(Paths))]
    public void Attend_EveryVectorWidth_IsWithinTheBound_AndGivesTheSameBits(string vector, string family, string vectors)
    {
        CpuVectorPath path = Enum.Parse<CpuVectorPath>(vectors, ignoreCase: true);
        if (!CpuCapabilities.IsSupported(path))
            Assert.Inconclusive($"This machine has no {CpuCapabilities.NameOf(path)}.");

        using TestFolder folder = new();
        string input = PathOf(vector);
        CommandResult.Of("attend", input, folder["widest"], "--family", family).AssertDone();
        CommandResult.Of("attend", input, folder["asked"], "--family", family, "--path", vectors).AssertDone();

        Assert.IsLessThanOrEqualTo(GoldenVectors.Bound(input), GoldenVectors.Error(input, folder["asked"]));
        Assert.AreSequenceEqual(Bytes(folder["widest"]), Bytes(folder["asked"]));
    }

    [TestMethod]
    [DataRow("streaming")]
    [DataRow("materialized")]
    public void Attend_WithoutAvx_IsWithinTheBound(string family)
    {
        if (!CpuCapabilities.IsSupported(CpuVectorPath.Avx2))
            Assert.Inconclusive($"This machine has no {CpuCapabilities.NameOf(CpuVectorPath.Avx2)}.");

        // What a program that was compiled ahead of time runs with by default.
        using TestFolder folder = new();
        string input = PathOf("sd15_self_d40_f16");
        string[] command = ["attend", input, folder["out"], "--device", "cpu", "--family", family, "--check"];
        CommandResult result = ChildProcess.Run(
            "dotnet", ["exec", typeof(SampleApplication).Assembly.Location, .. command], folder: null, ("DOTNET_EnableAVX", "0"));

        Assert.Contains("CPU (128-bit vectors", result.AssertDone().Output);
        Assert.Contains("(a first call, compilation included;", result.Output);
        Assert.IsLessThanOrEqualTo(GoldenVectors.Bound(input), GoldenVectors.Error(input, folder["out"]));
    }

    [TestMethod]
    [DataRow("streaming")]
    [DataRow("materialized")]
    public void Attend_ManySlicesAndThreads_GiveTheSameBits(string family)
    {
        using TestFolder folder = new();
        string input = PathOf("sd15_self_d40_f16");
        string tiny = SmallestFreeBytes(input, family).ToString(CultureInfo.InvariantCulture);
        CommandResult.Of("attend", input, folder["whole"], "--family", family, "--threads", "1").AssertDone();
        CommandResult.Of("attend", input, folder["sliced"], "--family", family, "--threads", "3", "--free-bytes", tiny).AssertDone();
        Assert.AreSequenceEqual(Bytes(folder["whole"]), Bytes(folder["sliced"]));
    }

    [TestMethod]
    public void Attend_PresetPolicy_RunsItsSlices()
    {
        using TestFolder folder = new();
        string input = PathOf("sd15_self_d40_f16");
        // 4 heads x 256 x 256 scores in f16, times 3, are 1.5 MiB: four steps of 64 rows in 512 KiB.
        JsonElement report = CommandResult
            .Of("attend", input, folder["out"], "--policy", "doggettx", "--free-bytes", "512KiB", "--json", "--threads", "1")
            .AssertDone().Json;
        Assert.AreEqual(4, report.GetProperty("steps").GetInt32());
        Assert.AreEqual(64, report.GetProperty("rows_per_slice").GetInt32());
        Assert.IsLessThanOrEqualTo(GoldenVectors.Bound(input), GoldenVectors.Error(input, folder["out"]));
    }

    private static string PathOf(string vector) => GoldenVectors.Paths.Single(path => Path.GetFileNameWithoutExtension(path) == vector);

    private static byte[] Bytes(string path)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        SafetensorsTensor output = file.Tensors["out"];
        return output.Type switch
        {
            SafetensorsElementType.F16 => MemoryMarshal.AsBytes(output.AsSpan<Half>()).ToArray(),
            SafetensorsElementType.BF16 => MemoryMarshal.AsBytes(output.AsSpan<BFloat16>()).ToArray(),
            _ => MemoryMarshal.AsBytes(output.AsSpan<float>()).ToArray(),
        };
    }

    private static long TotalRows(string path)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        return file.Tensors["q"].Shape.Take(3).Aggregate((left, right) => left * right);
    }

    /// <summary>Free bytes in which one tile at a time just fits, margin included.</summary>
    private static long SmallestFreeBytes(string path, string family)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        SafetensorsTensor query = file.Tensors["q"];
        SafetensorsTensor key = file.Tensors["k"];
        return Needs.SmallestFreeBytes(query, key, family);
    }
}
