using System.Text.Json.Serialization;

namespace KernelGen.Cuda.Compilation;

/// <summary>Reads and writes <see cref="KernelsFolderIndex"/> without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    WriteIndented = true,
    NewLine = "\n",
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(KernelsFolderIndex))]
internal sealed partial class KernelsFolderJson : JsonSerializerContext;
