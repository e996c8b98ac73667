using KernelGen.Planning;
using KernelGen.Tensors;

namespace KernelGen.Tuning;

/// <summary>A measurement as the file holds it; the names are those of the JSON, in snake_case there.</summary>
/// <param name="Device">Device and driver.</param>
/// <param name="Kernel">The variant's id, for people.</param>
/// <param name="Code">The variant's code, as a hash.</param>
/// <param name="Batch">Batch items of the call.</param>
/// <param name="MeasuredBatch">Batch items that ran.</param>
/// <param name="Heads">Query heads.</param>
/// <param name="KeyValueHeads">Key/value heads.</param>
/// <param name="Queries">Query rows.</param>
/// <param name="Keys">Keys.</param>
/// <param name="HeadDim">Head dim.</param>
/// <param name="Causal">Causal.</param>
/// <param name="Seconds">The median time of a call.</param>
internal sealed record MeasurementEntry(
    string Device, string Kernel, string Code, int Batch, int MeasuredBatch, int Heads, int KeyValueHeads, int Queries, int Keys,
    int HeadDim, bool Causal,
    double Seconds)
{
    /// <summary>An entry of a measurement.</summary>
    public static MeasurementEntry Of(string device, string code, KernelMeasurement measurement)
    {
        AttentionShape shape = measurement.Shape;
        return new(
            device, measurement.Variant.Id, code, shape.Batch, measurement.MeasuredBatch, shape.Heads, shape.KeyValueHeads, shape.Queries,
            shape.Keys, shape.HeadDim,
            measurement.Causal, measurement.Seconds);
    }

    /// <summary>The call; null when the numbers describe none, as in a file that somebody has edited.</summary>
    public AttentionShape? TryShape()
    {
        try
        {
            return Seconds > 0 && double.IsFinite(Seconds) && MeasuredBatch >= 1 && MeasuredBatch <= Batch
                ? new AttentionShape(Batch, Heads, Queries, Keys, HeadDim, KeyValueHeads)
                : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>The same code on the same device and call: a later one replaces an earlier one.</summary>
    public bool Replaces(MeasurementEntry other) => other with { Seconds = Seconds, MeasuredBatch = MeasuredBatch } == this;
}
