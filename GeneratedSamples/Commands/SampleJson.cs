using System.Text.Json.Serialization;
using KernelGen.Samples.Bench;
using KernelGen.Samples.Probes;

namespace KernelGen.Samples.Commands;

/// <summary>The JSON of all commands: snake_case names, indented.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(KernelJson[]))]
[JsonSerializable(typeof(CompileJson))]
[JsonSerializable(typeof(PlanJson))]
[JsonSerializable(typeof(AttendJson))]
[JsonSerializable(typeof(BenchResult))]
[JsonSerializable(typeof(CudaBenchResult))]
[JsonSerializable(typeof(CudaBenchRow))]
[JsonSerializable(typeof(PeerShapesJson))]
[JsonSerializable(typeof(ProbeReport))]
internal sealed partial class SampleJson : JsonSerializerContext;
