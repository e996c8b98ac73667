using System.Text.Json.Serialization;

namespace KernelGen.Tuning;

/// <summary>Reads and writes <see cref="MeasurementContent"/> without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(MeasurementContent))]
internal sealed partial class MeasurementJson : JsonSerializerContext;
