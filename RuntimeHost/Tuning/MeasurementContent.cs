namespace KernelGen.Tuning;

/// <summary>The whole file.</summary>
/// <param name="Format">The version of the format; files of another one are not read.</param>
/// <param name="Measurements">The measurements, the oldest first.</param>
internal sealed record MeasurementContent(int Format, IReadOnlyList<MeasurementEntry> Measurements);
