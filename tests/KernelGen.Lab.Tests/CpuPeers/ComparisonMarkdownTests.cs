using System.Text.Json;
using KernelGen.Lab.CpuPeers;

namespace KernelGen.Lab.Tests.CpuPeers;

[TestClass]
public sealed class ComparisonMarkdownTests
{
    [TestMethod]
    public void Losses_ComeFirst_TheWorstOneFirst()
    {
        string text = ComparisonMarkdown.Put("", Report("A", Row("won", 1.5), Row("lost", 0.9), Row("worst", 0.5), Row("alone", null)));
        Assert.Contains("**2 of 3 rows are lost**", text);
        Assert.IsLessThan(text.IndexOf("| lost |", StringComparison.Ordinal), text.IndexOf("| worst |", StringComparison.Ordinal));
        Assert.IsLessThan(text.IndexOf("| won |", StringComparison.Ordinal), text.IndexOf("| lost |", StringComparison.Ordinal));
        Assert.Contains("geometric mean of the ratios 0.88", text);
        Assert.EndsWith("|\n", text);
    }

    [TestMethod]
    public void ASection_TakesThePlaceOfTheOneOfTheSameMachine_AndLeavesTheRestAlone()
    {
        string text = ComparisonMarkdown.Put("# Title\n\nMethod.\n", Report("A", Row("first", 2)));
        text = ComparisonMarkdown.Put(text, Report("B", Row("other", 2)));
        text = ComparisonMarkdown.Put(text, Report("A", Row("second", 2)));
        Assert.StartsWith("# Title\n\nMethod.\n\n## A, AVX2\n", text);
        Assert.DoesNotContain("first", text);
        Assert.Contains("| second |", text);
        Assert.Contains("\n\n## B, AVX2\n", text);
        Assert.AreEqual(text, ComparisonMarkdown.Put(text, Report("A", Row("second", 2))));
    }

    [TestMethod]
    public void Json_HasTheNamesThatAreDocumented()
    {
        string json = JsonSerializer.Serialize(Report("A", Row("call", 1.25)), ComparisonJson.Default.ComparisonReport);
        JsonElement row = JsonDocument.Parse(json).RootElement.GetProperty("rows")[0];
        Assert.AreEqual("call", row.GetProperty("name").GetString());
        Assert.AreEqual("f32", row.GetProperty("dtype").GetString());
        Assert.AreEqual("fast", row.GetProperty("peer").GetString());
        Assert.AreEqual(1.25, row.GetProperty("ratio").GetDouble());
        string[] numbers =
        [
            "threads", "queries", "keys", "heads", "key_value_heads", "head_dim", "error", "peer_error", "memory_bytes",
            "peer_memory_bytes",
        ];
        foreach (string number in numbers)
        {
            Assert.AreEqual(JsonValueKind.Number, row.GetProperty(number).ValueKind, number);
        }

        ComparisonReport read = JsonSerializer.Deserialize(json, ComparisonJson.Default.ComparisonReport)!;
        Assert.AreEqual(json, JsonSerializer.Serialize(read, ComparisonJson.Default.ComparisonReport));
    }

    private static ComparisonReport Report(string processor, params ComparedRow[] rows) =>
        new(processor, "AVX2", 2, "2026-01-02", "10.0", "1.0", new Dictionary<string, string> { ["torch"] = "2" }, rows);

    private static ComparedRow Row(string name, double? ratio) => new(
        name, "f32", 1, 1, 64, 64, 8, 8, 40, false, "none", "kernel", 2, 2, 5, 50, 100, 0.5, null, null, null,
        ratio is null ? null : "fast", 2 * ratio, ratio, 1e-7, 2e-6, 2e-7, 1 << 20, 1 << 21, 0.5,
        ratio is null ? [] : [new("fast", 2 * ratio, 2 * ratio, ratio, 2e-7, 1 << 21, 5, null)]);
}
