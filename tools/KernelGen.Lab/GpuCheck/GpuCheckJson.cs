using System.Text.Json.Serialization;

namespace KernelGen.Lab.GpuCheck;

/// <summary>The summary as JSON: snake_case names, indented.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(CheckSummary))]
internal sealed partial class GpuCheckJson : JsonSerializerContext;
