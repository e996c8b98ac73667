using System.Text.Json.Serialization;

namespace KernelGen.Lab.CpuBench;

/// <summary>Results as JSON: snake_case names, indented.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(BenchResult))]
internal sealed partial class CpuBenchJson : JsonSerializerContext;
