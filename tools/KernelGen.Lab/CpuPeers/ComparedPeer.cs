namespace KernelGen.Lab.CpuPeers;

/// <summary>A peer's result for a call; the names are those of the JSON, in snake_case there.</summary>
/// <param name="Name">The peer's operator.</param>
/// <param name="Ms">Median time of a call; null when it does not compute it.</param>
/// <param name="CpuMs">Median time of the processor.</param>
/// <param name="Ratio">
/// Its median by that of KernelGen, above 1 where KernelGen is faster: of the processor's time on one thread, by the wall on several.
/// </param>
/// <param name="Error">Relative error against float64.</param>
/// <param name="MemoryBytes">Growth of the process in its first call, output included where the library allocates it.</param>
/// <param name="Rounds">Bursts that were timed; 1 for one that was too slow to matter.</param>
/// <param name="Reason">Why it does not compute the call, or why it is not compared with.</param>
internal sealed record ComparedPeer(
    string Name, double? Ms, double? CpuMs, double? Ratio, double? Error, long? MemoryBytes, int Rounds, string? Reason);
