namespace KernelGen.Planning.Policies;

/// <summary>
/// AUTOMATIC1111's sub-quadratic attention with its default settings on CUDA: always 1024 query rows at a time; all keys at once while the
/// score bytes are within 0.7 of free memory, else chunks of sqrt(keys), or of as many keys as fill that share with K and V.
/// </summary>
internal sealed class SubQuadraticPolicy() : PresetPolicy(
    "sub-quadratic", "1024 rows at a time; all keys while score bytes <= 0.7 x free, else chunks of sqrt(keys) or more")
{
    private const int QueryChunk = 1024;
    private const double Share = 0.7;

    /// <inheritdoc/>
    public override PolicyDecision Decide(in PolicyInput input)
    {
        long threshold = (long)(input.FreeBytes * Share);
        long least = (long)(threshold / ((Int128)input.TotalHeads * input.ElementSize * 2 * input.HeadDim));
        long keys = input.ScoreBytes <= threshold ? input.Keys : (long)Math.Sqrt(input.Keys);
        keys = Math.Max(keys, least);
        return Slices(
            input, SliceGroups.CeilingDivide(input.Queries, QueryChunk), input.TotalHeads, QueryChunk, (int)Math.Min(keys, input.Keys), 1,
            1 / Share,
            input.ScoreBytes);
    }
}
