using System.Text.Json.Serialization;
using KernelGen.CommandLine.Plans;

namespace KernelGen.CommandLine.Commands;

/// <summary>The JSON of <c>kernels</c> and <c>plan</c>: snake_case names, indented.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(KernelJson[]))]
[JsonSerializable(typeof(PlanJson))]
internal sealed partial class ClassesJson : JsonSerializerContext;
