namespace KernelGen.Planning.Policies;

/// <summary>InvokeAI on Apple's MPS: by heads times rows and by the size of the machine, never by free memory or keys.</summary>
internal sealed class InvokeAiMpsPolicy() : PresetPolicy(
    "invokeai-mps", "whole up to 2^16 rows of all heads; else 2^30 / rows rows, never a multiple of 4096; one head at a time below 32 GiB")
{
    private const long WholeRows = 1 << 16;
    private const long SliceElements = 1 << 30;
    private const long CrashingRows = 1 << 18;
    private const int CrashingMultiple = 4096;

    /// <inheritdoc/>
    public override PolicyDecision Decide(in PolicyInput input)
    {
        long allRows = (long)input.TotalHeads * input.Queries;
        long gibibytes = input.TotalMemoryBytes >> 30;
        bool byRows = gibibytes >= 32 && input.TotalHeads % 32 != 0 && allRows < CrashingRows;
        if (allRows <= WholeRows && gibibytes > 8)
            return Slices(input, 1, input.TotalHeads, input.Queries, input.Keys, 1, 1, input.ScoreBytes);

        if (!byRows)
            return Slices(input, input.TotalHeads, 1, input.Queries, input.Keys, 1, 1, input.ScoreBytes);

        long rows = SliceElements / allRows;
        if (rows % CrashingMultiple == 0)
            rows--;

        return Slices(
            input, (input.Queries + rows - 1) / rows, input.TotalHeads, (int)Math.Min(rows, int.MaxValue), input.Keys, 1, 1,
            input.ScoreBytes);
    }
}
