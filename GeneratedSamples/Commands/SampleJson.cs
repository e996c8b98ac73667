using System.Text.Json.Serialization;

namespace KernelGen.Samples.Commands;

/// <summary>The JSON of the commands: snake_case names, indented.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(AttendJson))]
internal sealed partial class SampleJson : JsonSerializerContext;
