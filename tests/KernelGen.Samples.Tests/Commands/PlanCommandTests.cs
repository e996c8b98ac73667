using System.Globalization;
using System.Text.Json;

namespace KernelGen.Samples.Tests.Commands;

[TestClass]
public sealed class PlanCommandTests
{
    private static CommandResult Plan(string policy, int length, params string[] more) => CommandResult.Of(
    [
        "plan", "--policy", policy, "--dtype", "f16", "--batch", "2", "--heads", "8",
        "--queries", length.ToString(CultureInfo.InvariantCulture), "--keys", length.ToString(CultureInfo.InvariantCulture),
        "--head-dim", "40", "--free-bytes", "2147483648", .. more,
    ]);

    [TestMethod]
    public void Doggettx_16384In2GiB_Says16StepsOf1024Rows()
    {
        JsonElement plan = Plan("doggettx", 16384, "--json").AssertDone().Json;
        Assert.AreEqual(16, plan.GetProperty("steps").GetInt32());
        Assert.AreEqual(1024, plan.GetProperty("rows_per_slice").GetInt32());
        Assert.AreEqual(16, plan.GetProperty("slice_count").GetInt32());
        Assert.AreEqual("rows", plan.GetProperty("slice_axis").GetString());
        Assert.AreEqual(3.0, plan.GetProperty("modifier").GetDouble());
        Assert.AreEqual(3 * 2 * 16L * 16384 * 16384, plan.GetProperty("required_bytes").GetInt64());
        Assert.AreEqual(2147483648, plan.GetProperty("free_bytes").GetInt64());
    }

    [TestMethod]
    public void Json_HasExactlyTheDocumentedFields()
    {
        string[] expected =
        [
            "policy", "family", "variant", "mask", "steps", "slice_axis", "heads_per_slice", "rows_per_slice", "keys_per_slice",
            "slice_count",
            "workspace_bytes", "required_bytes", "free_bytes", "modifier", "safety_factor", "largest_length",
        ];
        string[] actual = [.. Plan("exact", 4096, "--json").AssertDone().Json.EnumerateObject().Select(property => property.Name)];
        Assert.AreSequenceEqual(expected.Order(StringComparer.Ordinal), actual.Order(StringComparer.Ordinal));
    }

    [TestMethod]
    public void Mask_IsPartOfThePlan()
    {
        Assert.AreEqual("none", Plan("exact", 4096, "--json").AssertDone().Json.GetProperty("mask").GetString());
        CommandResult masked = Plan("exact", 4096, "--json", "--masked", "--target", "simt", "--explain").AssertDone();
        Assert.AreEqual("general", masked.Json.GetProperty("mask").GetString());
        Assert.Contains("Masks:    general: compiled with the code for Boolean and additive masks", masked.Error);
    }

    [TestMethod]
    public void Doggettx_65536In2GiB_GivesTheOriginalsMessage() =>
        Plan("doggettx", 65536, "--json").AssertFault(3, "max approx. 1344x1344", "Need: 6.0GB free, Have:2.0GB free");

    [TestMethod]
    public void Exact_65536In2GiB_FitsAndSaysTheLargestLength()
    {
        JsonElement plan = Plan("exact", 65536, "--json").AssertDone().Json;
        int largest = plan.GetProperty("largest_length").GetInt32();
        Assert.IsGreaterThan(65536, largest);
        Assert.IsLessThanOrEqualTo(2147483648, plan.GetProperty("workspace_bytes").GetInt64());
        // The length holds with the tensors it would add, so that a plan with the whole memory for workspace allows it as well.
        Plan("exact", largest).AssertDone();
    }

    [TestMethod]
    public void Exact_WithoutMemory_NamesWhatIsNeeded() => CommandResult
        .Of("plan", "--batch", "2", "--heads", "8", "--queries", "4096", "--head-dim", "40", "--free-bytes", "1", "--family",
            "materialized")
        .AssertFault(3, "does not fit", "needs");

    [TestMethod]
    public void Explain_GoesToStandardError()
    {
        CommandResult result = Plan("exact", 4096, "--json", "--explain").AssertDone();
        Assert.Contains("streaming-cpu-f16-d40", result.Error);
        Assert.AreEqual("exact", result.Json.GetProperty("policy").GetString());
    }

    [TestMethod]
    public void Simt_PlansForCuda() =>
        Assert.Contains("-simt-", Plan("exact", 4096, "--json", "--target", "simt").AssertDone().Json.GetProperty("variant").GetString()!);

    [TestMethod]
    public void Sm80_PlansForTensorCores_AndForThoseThatTheyHaveNoKernelFor()
    {
        CommandResult half = Plan("exact", 4096, "--json", "--target", "sm80");
        Assert.Contains("-sm80-f16-", half.AssertDone().Json.GetProperty("variant").GetString()!);
        string[] single =
        [
            "plan", "--dtype", "f32", "--queries", "4096", "--head-dim", "40", "--free-bytes", "2GiB", "--target", "sm80", "--json",
        ];
        Assert.Contains("-simt-f32-", CommandResult.Of(single).AssertDone().Json.GetProperty("variant").GetString()!);
    }

    [TestMethod]
    [DataRow("64", DisplayName = "threads")]
    public void Report_ForPeople_NamesVariantAndWorkspace(string threads)
    {
        string output = Plan("exact", 4096, "--threads", threads, "--causal").AssertDone().Output;
        Assert.Contains("variant    streaming-cpu-f16-d40", output);
        Assert.Contains("workspace  ", output);
    }

    [TestMethod]
    [DataRow(new[] { "--policy", "guess" }, "guess")]
    [DataRow(new[] { "--head-dim", "48" }, "40, 64, 72, 80, 88, 96, 112, 128, 160, 192, 256, 384, 512")]
    [DataRow(new[] { "--head-dim", "48" }, "[SliceAttention(HeadDims = [48]")]
    [DataRow(new[] { "--head-dim", "44" }, "multiples of 8")]
    [DataRow(new[] { "--heads", "0" }, "--heads is '0'")]
    [DataRow(new[] { "--heads", "-3" }, "--heads is '-3'")]
    [DataRow(new[] { "--heads", "99999999999999999999" }, "--heads is")]
    [DataRow(new[] { "--heads", "x" }, "--heads is 'x'")]
    [DataRow(new[] { "--heads", "8", "--kv-heads", "3" }, "--kv-heads is 3")]
    [DataRow(new[] { "--dtype", "f64" }, "'f16' or 'bf16' or 'f32'")]
    [DataRow(new[] { "--family", "fused" }, "'materialized' or 'streaming'")]
    [DataRow(new[] { "--safety-factor", "0.5" }, "--safety-factor is '0.5'")]
    [DataRow(new[] { "--safety-factor", "NaN" }, "--safety-factor is 'NaN'")]
    [DataRow(new[] { "--float32", "half" }, "'split' or 'full'")]
    [DataRow(new[] { "--slice-rows", "7" }, "No kernel matches")]
    [DataRow(new[] { "--batch", "2000000000" }, "2^31")]
    [DataRow(new[] { "--no-such-option" }, "--no-such-option")]
    [DataRow(new[] { "--free-bytes", "2XB" }, "--free-bytes is '2XB'")]
    [DataRow(new[] { "--free-bytes", "99999999TiB" }, "--free-bytes is")]
    public void BadUsage_IsOneLineAndCode2(string[] args, string part)
    {
        string[] free = args.Contains("--free-bytes") ? [] : ["--free-bytes", "1GiB"];
        CommandResult.Of(["plan", .. args, .. free]).AssertFault(2, part);
    }

    [TestMethod]
    public void FreeBytesMissing_IsCode2() => CommandResult.Of("plan").AssertFault(2, "--free-bytes");
}
