namespace KernelGen.Lab.GpuCheck;

/// <summary>A part in the file <c>summary.json</c>.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Note">What it found.</param>
internal sealed record PartSummary(string Status, int Seconds, string Note);
