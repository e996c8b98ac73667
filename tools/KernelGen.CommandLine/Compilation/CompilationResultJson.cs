using System.Text.Json.Serialization;

namespace KernelGen.CommandLine.Compilation;

/// <summary>Results as JSON: snake_case names, indented.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(CompileJson))]
internal sealed partial class CompilationResultJson : JsonSerializerContext;
