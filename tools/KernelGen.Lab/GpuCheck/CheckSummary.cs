namespace KernelGen.Lab.GpuCheck;

/// <summary>The file <c>summary.json</c>.</summary>
/// <param name="Command">The command line.</param>
/// <param name="Seconds">Since the check began.</param>
/// <param name="Parts">The parts so far, in their order.</param>
internal sealed record CheckSummary(string Command, int Seconds, OrderedDictionary<string, PartSummary> Parts);
