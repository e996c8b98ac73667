using KernelGen.Planning.Policies;
using KernelGen.Tensors;

namespace KernelGen.Planning;

/// <summary>Inverts the planner by bisection. See <see cref="SlicePlanner.LargestLength"/> for what scales and what is counted.</summary>
internal static class LargestLengthSearch
{
    /// <summary>
    /// As many keys, or fewer, beside another number of queries are taken for a prompt, whose length has nothing to do with that of the
    /// queries.
    /// </summary>
    public const int PromptKeys = 512;

    /// <summary>The most query rows that fit; 0 when none do.</summary>
    public static int Find(in PlanRequest request, SlicePolicy policy)
    {
        policy.RequireVariant(request);
        int fits = 0;
        long beyond = (long)int.MaxValue + 1;
        while (beyond - fits > 1)
        {
            int length = (int)(fits + ((beyond - fits) / 2));
            if (Fits(request, policy, length))
                fits = length;
            else
                beyond = length;
        }

        return fits;
    }

    /// <summary>Keys that go with a number of queries.</summary>
    public static long KeysFor(in AttentionShape shape, int queries)
    {
        if (shape.Queries == shape.Keys)
            return queries;

        return shape.Keys <= PromptKeys || shape.Queries == 0
            ? shape.Keys
            : (((long)shape.Keys * queries) + (shape.Queries / 2)) / shape.Queries;
    }

    private static bool Fits(in PlanRequest request, SlicePolicy policy, int length)
    {
        AttentionShape shape = request.Shape;
        long keys = KeysFor(shape, length);
        if (keys > int.MaxValue)
            return false;

        AttentionShape scaled = new(shape.Batch, shape.Heads, length, (int)keys, shape.HeadDim, shape.KeyValueHeads);
        Int128 growth = TensorBytes(scaled, request.ElementType) - TensorBytes(shape, request.ElementType);
        Int128 free = request.Budget.FreeBytes - growth;

        // Checked apart from the plan, because a kernel without workspace fits into no memory at all, but its tensors do not.
        if (free < request.Budget.ReserveBytes && growth > 0)
            return false;

        MemoryBudget budget = request.Budget with { FreeBytes = (long)Int128.Min(free, long.MaxValue) };
        PlanRequest attempt = request with { Shape = scaled, Budget = budget };
        return policy.TryPlan(attempt, out PlanOutcome outcome) && outcome.WorkspaceBytes <= budget.UsableBytes;
    }

    // AttentionShape.TensorBytes in 128 bits: a length that is only tried may have more bytes than a long can count.
    private static Int128 TensorBytes(in AttentionShape shape, ElementType elementType) =>
        ((Int128)shape.TotalHeads * shape.Queries + (Int128)shape.Batch * shape.KeyValueHeads * shape.Keys)
        * 2 * shape.HeadDim * elementType.SizeInBytes();
}
