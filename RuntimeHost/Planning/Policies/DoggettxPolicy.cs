namespace KernelGen.Planning.Policies;

/// <summary>
/// AUTOMATIC1111's default on CUDA from version 1.5.2: score bytes times 3 (2-byte elements) or 2.5, power-of-two steps up to 64, a ragged
/// tail.
/// </summary>
internal sealed class DoggettxPolicy() : StepPolicy(
    "doggettx", "score bytes x 3 (2-byte elements) or 2.5; power-of-two steps over rows with a ragged tail; error above 64 steps")
{
    /// <inheritdoc/>
    protected override double Modifier(in PolicyInput input) => input.ElementSize == 2 ? 3 : 2.5;
}
