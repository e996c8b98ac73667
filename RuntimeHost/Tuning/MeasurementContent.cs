using System.Text.Json.Serialization;

namespace KernelGen.Tuning;

/// <summary>The whole file.</summary>
/// <param name="Format">The version of the format; files of another one are not read.</param>
/// <param name="Measurements">The measurements, the oldest first.</param>
internal sealed record MeasurementContent(int Format, IReadOnlyList<MeasurementEntry> Measurements);

/// <summary>Reads and writes it without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(MeasurementContent))]
internal sealed partial class MeasurementJson : JsonSerializerContext;
