using System.Text.Json.Serialization;

namespace KernelGen.Lab.GpuBench;

/// <summary>Shapes and results as JSON: snake_case names, indented.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(CudaBenchResult))]
[JsonSerializable(typeof(CudaBenchRow))]
[JsonSerializable(typeof(PeerShapesJson))]
internal sealed partial class GpuBenchJson : JsonSerializerContext;
