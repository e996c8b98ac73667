using KernelGen.Planning;
using KernelGen.Reference.Safetensors;

namespace KernelGen.Samples.Commands;

/// <summary>The options of <c>attend</c>.</summary>
/// <param name="Input">The call.</param>
/// <param name="OutputPath">Where the result goes.</param>
/// <param name="Writer">Writes it.</param>
/// <param name="Planning">How to plan it.</param>
/// <param name="Scale">The scale, or null for <c>1 / sqrt(head dim)</c>.</param>
/// <param name="Causal">The call is causal.</param>
/// <param name="CaptureMap">Write <c>map</c>.</param>
/// <param name="LogSumExp">Write <c>lse</c>.</param>
/// <param name="Check">Compare with the reference.</param>
/// <param name="Tune">Time the best predicted kernels first, and run the fastest.</param>
/// <param name="Json">Report as JSON.</param>
internal sealed record AttendRequest(
    AttentionInput Input, string OutputPath, SafetensorsWriter Writer, PlanningOptions Planning, float? Scale, bool Causal, bool CaptureMap,
    bool LogSumExp,
    bool Check, bool Tune, bool Json);
