namespace KernelGen.Planning.Policies;

/// <summary>AUTOMATIC1111's "original v1": two heads at a time, whatever the memory.</summary>
internal sealed class OriginalV1Policy() : PresetPolicy("v1", "two heads at a time, whatever the memory")
{
    private const int HeadsAtATime = 2;

    /// <inheritdoc/>
    public override PolicyDecision Decide(in PolicyInput input) => Slices(
        input, SliceGroups.CeilingDivide(input.TotalHeads, HeadsAtATime), HeadsAtATime, input.Queries, input.Keys, 1, 1, input.ScoreBytes);
}
