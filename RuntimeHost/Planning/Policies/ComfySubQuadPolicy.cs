namespace KernelGen.Planning.Policies;

/// <summary>
/// ComfyUI's sub-quadratic attention: the largest of 4096, 2048, 1024, 512 and 256 query rows at which four times the scores fit, with all
/// keys; else 512 rows with chunks of sqrt(keys).
/// </summary>
internal sealed class ComfySubQuadPolicy() : PresetPolicy(
    "comfyui-sub-quad", "4096, 2048, 1024, 512 or 256 rows with all keys by score bytes x 4; else 512 rows with chunks of sqrt(keys)")
{
    private const double Modifier = 4;
    private const int LargestChunk = 4096;
    private const int SmallestChunk = 256;
    private const int LastResort = 512;

    /// <inheritdoc/>
    public override PolicyDecision Decide(in PolicyInput input)
    {
        int keys = (int)Math.Sqrt(input.Keys);
        int rows = LastResort;
        for (int chunk = LargestChunk; chunk >= SmallestChunk; chunk /= 2)
        {
            if (input.FreeBytes / ((double)input.TotalHeads * input.ElementSize * chunk * Modifier) >= input.Keys)
            {
                (rows, keys) = (chunk, input.Keys);
                break;
            }
        }

        return Slices(
            input, SliceGroups.CeilingDivide(input.Queries, rows), input.TotalHeads, rows, keys, Modifier, 1,
            input.ScoreBytes * (int)Modifier);
    }
}
