namespace KernelGen.Planning.Policies;

/// <summary>InvokeAI on everything but CUDA and MPS: score bytes against 32 MiB, about a last-level cache.</summary>
internal sealed class InvokeAiCpuPolicy() : TensorMemoryPolicy(
    "invokeai-cpu", "score bytes against 32 MiB; power-of-two divisor of the heads, else of the rows")
{
    private const int BudgetMebibytes = 32;

    /// <inheritdoc/>
    public override PolicyDecision Decide(in PolicyInput input) => Cut(input, BudgetMebibytes, 1);
}
