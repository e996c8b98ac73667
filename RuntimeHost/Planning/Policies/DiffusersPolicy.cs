namespace KernelGen.Planning.Policies;

/// <summary>
/// The attention slicing of diffusers: a fixed number of rows of the flattened batch and head axis, whatever the memory. The number is half
/// the heads of a batch item (so that a batch of two makes four slices), one, or the caller's.
/// </summary>
/// <param name="name">The name.</param>
/// <param name="slice">Heads of a slice; 0 for half of them.</param>
internal sealed class DiffusersPolicy(string name, int slice) : PresetPolicy(
    name, "a fixed number of heads at a time: half of a batch item's, 1 (diffusers:max) or N (diffusers:N)")
{
    /// <inheritdoc/>
    public override PolicyDecision Decide(in PolicyInput input)
    {
        int heads = slice == 0 ? input.Heads / 2 : slice;
        if (heads == 0)
            return Fail(PolicyFailure.ZeroHeads, 0, 1, 1, input.ScoreBytes);

        return heads > input.Heads
            ? Fail(PolicyFailure.MoreThanAllHeads, 0, 1, 1, input.ScoreBytes) with { HeadsPerSlice = heads }
            : Slices(input, SliceGroups.CeilingDivide(input.TotalHeads, heads), heads, input.Queries, input.Keys, 1, 1, input.ScoreBytes);
    }
}
