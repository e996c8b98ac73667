namespace KernelGen.Lab.Probes;

/// <summary>All probes; the names are those of the JSON, in snake_case there.</summary>
/// <param name="Date">The day, in UTC.</param>
/// <param name="Version">The version of the kernels.</param>
/// <param name="Device">The GPU.</param>
/// <param name="Compiler">The run-time compiler.</param>
/// <param name="Smoke">The loops were cut short to see that everything runs: the numbers mean nothing.</param>
/// <param name="Complete">Every probe had its turn.</param>
/// <param name="Probes">What they found.</param>
internal sealed record ProbeReport(
    string Date, string Version, string Device, string? Driver, string? Compiler, bool Smoke, bool Complete,
    IReadOnlyList<ProbeTable> Probes);
