namespace KernelGen.Planning.Policies;

/// <summary>InvokeAI on CUDA: score bytes against free memory divided by 3.3, heads first, then rows.</summary>
internal sealed class InvokeAiPolicy() : TensorMemoryPolicy(
    "invokeai", "score bytes against free / 3.3; power-of-two divisor of the heads, else of the rows")
{
    private const double Safety = 3.3;

    /// <inheritdoc/>
    public override PolicyDecision Decide(in PolicyInput input) => Cut(input, input.FreeBytes / Safety / (1 << 20), Safety);
}
