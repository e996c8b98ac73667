using System.Text.Json;

namespace KernelGen.Lab.Tests.CpuBench;

/// <summary>What <c>bench</c> reports, not how fast anything is.</summary>
[TestClass]
public sealed class BenchCommandTests
{
    private static readonly string[] _fields =
    [
        "name", "head_dim", "dtype", "batch", "heads", "queries", "keys", "causal", "threads", "variant", "slice_count", "workspace_bytes",
        "ms", "gflops",
        "peak_gflops", "peak_fraction", "baselines",
    ];

    [TestMethod]
    [DataRow("f32")]
    [DataRow("f16")]
    [DataRow("bf16")]
    public void Json_HasOneRowForEachShape(string dtype)
    {
        JsonElement result = CommandResult
            .Of("bench", "--shapes", "1,2,64,77,40", "--shapes", "1,1,64,64,64", "--dtype", dtype, "--threads", "1", "--json")
            .AssertDone().Json;

        JsonElement[] rows = [.. result.GetProperty("rows").EnumerateArray()];
        Assert.AreSequenceEqual([40, 64], rows.Select(row => row.GetProperty("head_dim").GetInt32()).ToArray());
        Assert.AreSequenceEqual(_fields, rows[0].EnumerateObject().Select(field => field.Name).ToArray());
        foreach (JsonElement row in rows)
        {
            Assert.AreEqual(dtype, row.GetProperty("dtype").GetString());
            Assert.IsGreaterThan(0, row.GetProperty("ms").GetDouble());
            Assert.IsGreaterThan(0, row.GetProperty("baselines").GetProperty("doggettx_tensor_primitives").GetDouble());
            double rateTimesTime = row.GetProperty("gflops").GetDouble() * 1e6 * row.GetProperty("ms").GetDouble();
            double work = 4.0 * row.GetProperty("heads").GetInt32() * 64 * row.GetProperty("keys").GetInt32() * row.GetProperty("head_dim")
                .GetInt32();
            Assert.AreEqual(work, rateTimesTime, 1e-6 * work);
        }
    }

    [TestMethod]
    public void PathAndFamily_AreTheOnesMeasured()
    {
        JsonElement result = CommandResult
            .Of("bench", "--shapes", "1,1,64,64,40", "--path", "vector128", "--family", "materialized", "--no-baselines", "--causal",
                "--json").AssertDone().Json;

        JsonElement row = result.GetProperty("rows")[0];
        Assert.Contains("128-bit", result.GetProperty("machine").GetString()!);
        Assert.StartsWith("materialized-cpu-", row.GetProperty("variant").GetString());
        Assert.IsTrue(row.GetProperty("causal").GetBoolean());
        Assert.IsEmpty(row.GetProperty("baselines").EnumerateObject().ToArray());
    }

    [TestMethod]
    [DataRow("sd16", "There are no shapes 'sd16'")]
    [DataRow("1,2,3", "five whole numbers")]
    [DataRow("1,0,64,64,40", "heads must be at least 1.")]
    [DataRow("1,1,1,1,41", "headDim must be a multiple of 8 from 8 to 512.")]
    [DataRow("1,1,64,64,48", "There is no kernel for head dim 48")]
    public void UnknownShapes_AreBadInput(string shapes, string message) =>
        CommandResult.Of("bench", "--shapes", shapes).AssertFault(ExitCode.BadInput, message);
}
