namespace KernelGen.Lab.CpuPeers;

/// <summary>A call, computed by KernelGen and by its peers; the names are those of the JSON, in snake_case there.</summary>
/// <param name="Name">The call.</param>
/// <param name="Dtype">Element type.</param>
/// <param name="Batch">Batch items.</param>
/// <param name="Queries">Query rows.</param>
/// <param name="Heads">Query heads.</param>
/// <param name="Variant">The kernel.</param>
/// <param name="Ms">KernelGen's median time of a call.</param>
/// <param name="CpuMs">KernelGen's median time of the processor.</param>
/// <param name="Rounds">Its bursts.</param>
/// <param name="Gflops">Useful work a second.</param>
/// <param name="PeakGflops">The most multiply-adds that as many threads did in registers, of all rounds.</param>
/// <param name="PeakFraction">The one by the other.</param>
/// <param name="ReadGbps">At few queries: bytes of keys and values by the time of a call, in 10^9 a second.</param>
/// <param name="StreamingGbps">At few queries: what a streaming read of as many bytes reached, in turn with the calls.</param>
/// <param name="ReadFraction">The one by the other.</param>
/// <param name="Peer">The fastest peer whose result is right; null when there is none.</param>
/// <param name="PeerMs">Its median time of a call.</param>
/// <param name="Ratio">
/// Its median by that of KernelGen, above 1 where KernelGen is faster: of the processor's time on one thread, by the wall on several.
/// </param>
/// <param name="Error">KernelGen's relative error against float64, over sampled rows.</param>
/// <param name="ErrorBound">What it may be.</param>
/// <param name="PeerError">The best peer's.</param>
/// <param name="MemoryBytes">Growth of the process in KernelGen's first call, code included; its output is there before.</param>
/// <param name="PeerMemoryBytes">The best peer's.</param>
/// <param name="Load">Processes that ran or waited to run on the machine, over the last minute; null where it is not told.</param>
/// <param name="Peers">All peers.</param>
internal sealed record ComparedRow(
    string Name,
    string Dtype,
    int Threads,
    int Batch,
    int Queries,
    int Keys,
    int Heads,
    int KeyValueHeads,
    int HeadDim,
    bool Causal,
    string Mask,
    string Variant,
    double Ms,
    double CpuMs,
    int Rounds,
    double Gflops,
    double PeakGflops,
    double PeakFraction,
    double? ReadGbps,
    double? StreamingGbps,
    double? ReadFraction,
    string? Peer,
    double? PeerMs,
    double? Ratio,
    double Error,
    double ErrorBound,
    double? PeerError,
    long? MemoryBytes,
    long? PeerMemoryBytes,
    double? Load,
    IReadOnlyList<ComparedPeer> Peers)
{
    /// <summary>The result is within its bound.</summary>
    public bool IsRight => Error <= ErrorBound;
}
