using KernelGen.Kernels;
using KernelGen.Planning;

namespace KernelGen.Cuda.Launch;

/// <summary>The exception for a call that does not fit into the GPU's memory after all.</summary>
internal static class MemoryFault
{
    /// <summary>The tensors of a call do not fit.</summary>
    public static AttentionMemoryException ForTensors(SlicePlan plan, long bytes, CudaException cause) => Create(
        plan,
        bytes,
        $"The tensors of attention over {plan.Shape} do not fit into the GPU's memory beside what is in use: {ByteSize.Text(bytes)} more "
            + $"were asked for. Free memory, run fewer heads or rows in a call, or use the CPU. {cause.Message}",
        cause);

    /// <summary>Not even the smallest workspace can be had.</summary>
    public static AttentionMemoryException ForWorkspace(SlicePlan plan, long bytes, CudaException cause) => Create(
        plan,
        bytes,
        $"Memory ran out at the smallest slice of {plan.Variant.Id}, one tile of one head, {ByteSize.Text(bytes)} of workspace; the "
            + $"output is incomplete. The plan was {plan}, made with {ByteSize.Text(plan.Budget.FreeBytes)} free. {AdviceFor(plan)} "
            + $"{cause.Message}",
        cause);

    private static string AdviceFor(SlicePlan plan) => plan.Variant.Family == KernelFamily.Materialized
        ? "Free memory, or take a streaming variant, which needs little workspace or none."
        : "Free memory.";

    private static AttentionMemoryException Create(SlicePlan plan, long bytes, string message, CudaException cause) => new(message, cause)
    {
        Shape = plan.Shape,
        ElementType = plan.ElementType,
        Policy = plan.Policy,
        NeededBytes = bytes,
        FreeBytes = plan.Budget.FreeBytes,
        ReserveBytes = plan.Budget.ReserveBytes,
        PlanTried = plan.ToString(),
    };
}
